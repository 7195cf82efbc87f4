// Random clients for the runtime contract: with no rows, with a NaN or an infinity, with a negative weight, the same
// one again; and each with its numbers where they happen to lie in memory.
import {
  bool,
  type DType,
  float32,
  float64,
  int64,
  sequence,
  struct,
  type Tensor,
  type Value,
} from '@starling/federated-core';
import { allocate, bytesPerElement, sizeOf } from '@starling/federated-core/plan';
import fc from 'fast-check';

export const rowType = struct({ x: float32(2), on: bool() });
/** What a drawn client holds. */
export const drawnType = struct({ rows: sequence(rowType), weight: float32(), gain: float64(), id: int64() });

/** In plain JavaScript, as the reference takes it. */
export interface DrawnValue {
  readonly rows: readonly { readonly x: readonly number[]; readonly on: boolean }[];
  readonly weight: number;
  readonly gain: number;
  readonly id: bigint;
}

/** Where the numbers of a tensor lie. */
type Layout =
  /** In an array of their own. */
  | { readonly kind: 'own' }
  /** In a larger buffer, that many elements from its start, as a view on a file or a message has them. */
  | { readonly kind: 'view'; readonly skip: number }
  /** The same in memory that threads share. */
  | { readonly kind: 'shared'; readonly skip: number };

export interface DrawnClient {
  readonly plain: DrawnValue;
  readonly value: Value;
}

/** Moderate, so that no sum of a client's overflows by itself: only what was drawn so is not finite. */
const finite = fc.oneof(
  fc.float({ min: -1000, max: 1000, noNaN: true }),
  fc.constantFrom(0, -0, 2 ** -149, 0.1, 2 ** 24),
);
/** What an engine computes with: tiny numbers, which some processors take for 0, are left to the sums. */
const computed = finite.map((value) => (Math.abs(value) < 2 ** -40 ? 0 : value));
const notFinite = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
/** One client in about ten has some of them. */
const orNotFinite = (numbers: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.oneof({ weight: 60, arbitrary: numbers }, { weight: 1, arbitrary: notFinite });
const [anyNumber, anyComputed] = [orNotFinite(finite), orNotFinite(computed)];
const weight = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 0.5, 1, 3) },
  { weight: 1, arbitrary: fc.constantFrom(-1, Number.NaN) },
);

const plainClient: fc.Arbitrary<DrawnValue> = fc.record({
  rows: fc.array(fc.record({ x: fc.tuple(anyComputed, anyComputed), on: fc.boolean() }), { maxLength: 4 }),
  weight,
  gain: anyNumber,
  id: fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
});
const layout: fc.Arbitrary<Layout> = fc.oneof(
  fc.constant({ kind: 'own' as const }),
  fc.record({
    kind: fc.constantFrom('view' as const, 'shared' as const),
    skip: fc.integer({ min: 1, max: 7 }),
  }),
);
const newClient: fc.Arbitrary<DrawnClient> = fc
  .tuple(plainClient, fc.array(layout, { minLength: 5, maxLength: 5 }))
  .map(([plain, layouts]) => ({ plain, value: laidOut(plain, layouts) }));

/** `count` clients, some of which hold the very same object as an earlier one. */
export function drawnClients(count: number): fc.Arbitrary<readonly DrawnClient[]> {
  const repeats = fc.array(fc.option(fc.nat(count - 1), { freq: 3 }), { minLength: count, maxLength: count });
  return fc
    .tuple(fc.array(newClient, { minLength: count, maxLength: count }), repeats)
    .map(([clients, again]) => clients.map((each, index) => clients[again[index] ?? index] ?? each));
}

/** Some of `count` clients, each once, in any order; none and all of them included. */
export function drawnCohort(count: number): fc.Arbitrary<readonly number[]> {
  return fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index));
}

/** Why a client's update is refused; null if it counts. Of several reasons, any may be given. */
export function refusalsOf({ rows, weight: own, gain }: DrawnValue): readonly string[] | null {
  const numbers = [own, gain, ...rows.flatMap(({ x }) => x)];
  const codes = [
    ...(numbers.every(Number.isFinite) ? [] : ['non-finite-update']),
    ...(own < 0 ? ['invalid-weight'] : []),
  ];
  return codes.length === 0 ? null : codes;
}

function laidOut({ rows, weight: own, gain, id }: DrawnValue, layouts: readonly Layout[]): Value {
  const at = (index: number): Layout => layouts[index]!;
  const xs = rows.flatMap(({ x }) => x);
  const ons = rows.map(({ on }) => (on ? 1 : 0));
  return {
    rows: {
      length: rows.length,
      columns: {
        x: place('float32', [rows.length, 2], xs, at(0)),
        on: place('bool', [rows.length], ons, at(1)),
      },
    },
    weight: place('float32', [], [own], at(2)),
    gain: place('float64', [], [gain], at(3)),
    id: place('int64', [], [id], at(4)),
  };
}

/** A tensor of these numbers, its memory filled with ones wherever it has none of them. */
function place(
  dtype: Exclude<DType, 'string'>,
  shape: readonly number[],
  numbers: readonly (number | bigint)[],
  where: Layout,
): Tensor {
  const size = sizeOf(shape);
  const data = where.kind === 'own' ? allocate(dtype, size) : within(dtype, size, where);
  for (const [index, number] of numbers.entries()) (data as unknown as (number | bigint)[])[index] = number;
  return { dtype, shape, data: data as Tensor['data'] };
}

function within(
  dtype: Exclude<DType, 'string'>,
  size: number,
  { kind, skip }: Exclude<Layout, { kind: 'own' }>,
): Tensor['data'] {
  const bytes = (size + skip + 3) * bytesPerElement[dtype];
  const buffer = kind === 'view' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
  new Uint8Array(buffer).fill(1);
  const View = allocate(dtype, 0).constructor as new (
    on: ArrayBufferLike,
    from: number,
    size: number,
  ) => never;
  return new View(buffer, skip * bytesPerElement[dtype], size);
}
