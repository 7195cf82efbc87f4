// What stands in a column: counts, extremes, and the first place of each kind of value, gathered in one pass. Types are
// inferred from it, and `starling data inspect` shows it.

/** Different values that are kept, to tell how many there are. */
const MAX_DISTINCT = 1000;

/** A value and the line or row in which it stands first. */
export interface Sighting {
  readonly place: number;
  readonly value: string;
}

export class ColumnFacts {
  readonly name: string;
  /** Values that are there. */
  values = 0;
  missing = 0;
  integers = 0;
  /** Integers among them. */
  numbers = 0;
  booleans = 0;
  texts = 0;
  /** Points in time. */
  times = 0;
  vectors = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Whether float32 does not hold one of the numbers: it would become infinite. */
  isWide = false;
  /** The longest text, in bytes of UTF-8. */
  longestBytes = 0;
  /** The shape of all vectors, as JSON; null before the first. */
  shape: string | null = null;
  firstMissing = 0;
  firstText: Sighting | null = null;
  /** A vector of another shape than the first. */
  otherShape: Sighting | null = null;
  /** Null once there are more than 1,000, or if none were asked for. */
  distinct: Set<string> | null;

  constructor(name: string, countDistinct = false) {
    this.name = name;
    this.distinct = countDistinct ? new Set() : null;
  }

  addMissing(place: number): void {
    if (this.missing++ === 0) this.firstMissing = place;
  }

  addNumber(value: number): void {
    this.values++;
    this.sawNumber(value);
    if (this.distinct !== null) this.keep(String(value));
  }

  addText(value: string, place: number, isBoolean: boolean): void {
    this.values++;
    if (isBoolean) this.booleans++;
    else {
      this.texts++;
      this.firstText ??= { place, value };
    }
    const bytes = Buffer.byteLength(value);
    if (bytes > this.longestBytes) this.longestBytes = bytes;
    if (this.distinct !== null) this.keep(value);
  }

  /** A value of a format that has types of its own; null and undefined are missing. */
  add(value: unknown, place: number): void {
    if (value === null || value === undefined) this.addMissing(place);
    else if (typeof value === 'number') this.addNumber(value);
    else if (typeof value === 'bigint') this.addNumber(Number(value));
    else if (typeof value === 'boolean') this.addText(String(value), place, true);
    else if (typeof value === 'string') this.addText(value, place, false);
    else if (value instanceof Date) {
      this.times++;
      this.addNumber(value.getTime());
    } else if (isVector(value)) this.addVector(value, place);
    else this.addText(JSON.stringify(value), place, false);
  }

  private addVector(value: readonly unknown[], place: number): void {
    this.values++;
    this.vectors++;
    const shape = JSON.stringify(shapeOf(value));
    this.shape ??= shape;
    if (shape !== this.shape) this.otherShape ??= { place, value: shape };
    for (const part of flat(value)) {
      if (typeof part === 'number' || typeof part === 'bigint') this.sawNumber(Number(part));
      else if (typeof part === 'boolean') this.booleans++;
      else {
        this.texts++;
        this.firstText ??= { place, value: JSON.stringify(part) ?? String(part) };
      }
    }
  }

  private sawNumber(value: number): void {
    this.numbers++;
    if ((value | 0) === value) this.integers++;
    else if (!fitsFloat32(value)) this.isWide = true;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  private keep(value: string): void {
    this.distinct?.add(value);
    if ((this.distinct?.size ?? 0) > MAX_DISTINCT) this.distinct = null;
  }
}

/** Whether a number stays finite in float32, or was not before. */
export function fitsFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value)) || !Number.isFinite(value);
}

export function isVector(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Its dimensions, by the first element of each; ragged parts show in the count of `flat`. */
export function shapeOf(value: unknown): readonly number[] {
  if (!isVector(value)) return [];
  const inner = value.length === 0 ? [] : shapeOf(value[0]);
  const isRagged =
    inner.length > 0 && value.some((part) => JSON.stringify(shapeOf(part)) !== JSON.stringify(inner));
  return isRagged ? [value.length, -1] : [value.length, ...inner];
}

function* flat(value: readonly unknown[]): Iterable<unknown> {
  for (const part of value) {
    if (isVector(part)) yield* flat(part);
    else yield part;
  }
}
