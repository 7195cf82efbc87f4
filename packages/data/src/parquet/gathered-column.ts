// The values of a column, gathered in little memory before its type is known: numbers as float64, texts as their places
// in a list of the different ones, anything else as it comes.
import { ColumnFacts } from '../columns/column-facts.js';

const MISSING = -1;

export class GatheredColumn {
  readonly facts: ColumnFacts;
  private readonly rows: number;
  private readonly isTime: boolean;
  private numbers: Float64Array | null = null;
  /** 1 where a number is missing. */
  private holes: Uint8Array | null = null;
  private codes: Int32Array | null = null;
  private readonly places = new Map<string, number>();
  readonly texts: string[] = [];
  private others: unknown[] | null = null;

  constructor(
    name: string,
    rows: number,
    options: { readonly isTime: boolean; readonly countDistinct: boolean },
  ) {
    this.facts = new ColumnFacts(name, options.countDistinct);
    this.rows = rows;
    this.isTime = options.isTime;
  }

  /** Notes the value of a row; rows come in order. `marks` are texts that mark a missing value. */
  add(value: unknown, row: number, marks: ReadonlySet<string>): void {
    if (value === null || value === undefined || (typeof value === 'string' && marks.has(value))) {
      this.facts.addMissing(row + 1);
      if (this.codes !== null) this.codes[row] = MISSING;
      else if (this.numbers !== null) this.hole(row);
      return;
    }
    if (typeof value === 'string') this.addText(value, row);
    else if (typeof value === 'number' || isSmall(value)) this.addNumber(Number(value), row);
    else this.addOther(value, row);
  }

  /** The value of a row; undefined if it is missing. */
  at(row: number): unknown {
    if (this.others !== null) {
      const other = this.others[row];
      if (other !== undefined) return other;
    }
    const code = this.codeAt(row);
    if (code !== MISSING) return this.texts[code];
    if (this.numbers === null || row < this.firstNumber || this.holes?.[row] === 1) return undefined;
    return this.numbers[row];
  }

  /** The place of a row's text in `texts`; −1 if it has none. */
  codeAt(row: number): number {
    return this.codes === null ? MISSING : (this.codes[row] as number);
  }

  private firstNumber = 0;

  private addNumber(value: number, row: number): void {
    if (this.numbers === null) {
      this.numbers = new Float64Array(this.rows);
      this.firstNumber = row;
    }
    this.numbers[row] = value;
    this.facts.addNumber(value);
    if (this.isTime) this.facts.times++;
  }

  private addText(value: string, row: number): void {
    this.codes ??= new Int32Array(this.rows).fill(MISSING);
    let code = this.places.get(value);
    if (code === undefined) {
      code = this.texts.push(value) - 1;
      this.places.set(value, code);
    }
    this.codes[row] = code;
    if (this.numbers !== null) this.hole(row);
    this.facts.addText(value, row + 1, false);
  }

  private addOther(value: unknown, row: number): void {
    this.others ??= new Array(this.rows);
    this.others[row] = value;
    if (this.numbers !== null) this.hole(row);
    this.facts.add(value, row + 1);
  }

  private hole(row: number): void {
    this.holes ??= new Uint8Array(this.rows);
    this.holes[row] = 1;
  }
}

function isSmall(value: unknown): boolean {
  return typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}
