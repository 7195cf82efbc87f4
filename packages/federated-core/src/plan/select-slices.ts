// What the server gives a cohort by its keys: `slice` once for each distinct key, and for each client which of the
// slices are its own. The round loop slices, and every runtime hands a client its slices, by this one file.
import { StarlingError } from '../errors/starling-error.js';
import { callFailure } from '../program/call-failure.js';
import type { GraphRunner } from '../program/run-program.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { leafTypes } from '../types/leaves.js';
import type { TensorType, Type } from '../types/types.js';
import { elementAt, stackTensors } from '../values/stack.js';
import type { Tensor } from '../values/tensor.js';
import type { Selection } from './round-plan.js';

/** The slices of one selection for one cohort. */
export interface CohortSlices {
  /** The leaves of the slices of all distinct keys, each stacked: [rows, …]. */
  readonly rows: readonly Tensor[];
  /** For each position of the cohort, the rows of its keys, in the order of the keys. */
  readonly rowsOf: readonly Int32Array[];
}

/** What one client is sent of a selection. */
export interface ClientSlices {
  /** The leaves of the slices of its distinct keys, each stacked, in the order in which they are first asked for. */
  readonly slices: readonly Tensor[];
  /** For each key, which slice is its own (int32[n]); empty when no key stands twice: slices are in order then. */
  readonly order: Tensor;
}

/**
 * Slices `served`, the leaves of the server's value, for the keys of each client of a cohort. A slice draws by key,
 * from `deriveSeed(seed, salt, key)` with the seed of the server: everyone who asks for a key gets the same slice.
 * Throws a `TypeMismatchError` when slices differ in shape, and a `StarlingError` when the graph fails.
 */
export async function selectSlices<G>(
  { graph, slice, salt }: Selection<G>,
  served: readonly Tensor[],
  keysOf: readonly Int32Array[],
  run: GraphRunner<G>,
  seed: Seed,
): Promise<CohortSlices> {
  const rowOf = new Map<number, number>();
  const rowsOf = keysOf.map((keys) =>
    keys.map((key) => {
      const row = rowOf.get(key) ?? rowOf.size;
      rowOf.set(key, row);
      return row;
    }),
  );
  const slices: (readonly Tensor[])[] = [];
  for (const key of rowOf.keys()) {
    const scalar: Tensor = { dtype: 'int32', shape: [], data: Int32Array.of(key) };
    try {
      slices.push(await run(graph, [...served, scalar], deriveSeed(seed, salt, key)));
    } catch (error) {
      throw error instanceof StarlingError ? error : callFailure({ salt }, error);
    }
  }
  const rows = leafTypes(slice).map((type, leaf) =>
    stackTensors(
      type,
      slices.map((leaves) => leaves[leaf]!),
    ),
  );
  return { rows, rowsOf };
}

/**
 * The keys of each client that reported, from the aggregate of `select-keys`: all keys in a row, and how many each has.
 */
export function splitKeys([keys, counts]: readonly Tensor[]): readonly Int32Array[] {
  let start = 0;
  return Array.from(counts!.data as Int32Array, (count) => {
    const own = (keys!.data as Int32Array).subarray(start, start + count);
    start += count;
    return own;
  });
}

/**
 * The slices of one client as its work takes them: a dataset's columns, one element a key, in the order of the keys.
 */
export function slicesInOrder(slice: Type, rows: readonly Tensor[], order: Int32Array): readonly Tensor[] {
  return leafTypes(slice).map((type, leaf) => gather(type, rows[leaf]!, order));
}

/** What the client at `position` of a cohort works on: of each selection, its slices in order. */
export function slicesAt(
  selections: readonly Pick<Selection<unknown>, 'slice'>[],
  slices: readonly CohortSlices[],
  position: number,
): readonly Tensor[] {
  return slices.flatMap(({ rows, rowsOf }, index) =>
    slicesInOrder(selections[index]!.slice, rows, rowsOf[position]!),
  );
}

/** What the client whose keys have these `rowsOf` is sent: a slice that it asks for twice goes once. */
export function clientSlices(slice: Type, rows: readonly Tensor[], rowsOf: Int32Array): ClientSlices {
  const places = new Map<number, number>();
  for (const row of rowsOf) if (!places.has(row)) places.set(row, places.size);
  const repeated = places.size < rowsOf.length;
  const order = repeated ? rowsOf.map((row) => places.get(row)!) : new Int32Array(0);
  return {
    slices: slicesInOrder(slice, rows, Int32Array.from(places.keys())),
    order: { dtype: 'int32', shape: [order.length], data: order },
  };
}

/** What a client that was sent this works on. Throws a `StarlingError` when `order` names a slice that is not there. */
export function unpackSlices(slice: Type, { slices, order }: ClientSlices): readonly Tensor[] {
  const places = order.data as Int32Array;
  return places.length === 0 ? slices : slicesInOrder(slice, slices, places);
}

function gather(type: TensorType, column: Tensor, rows: Int32Array): Tensor {
  const count = column.shape[0] ?? 0;
  return stackTensors(
    type,
    Array.from(rows, (row) => {
      if (row < 0 || row >= count) {
        throw new StarlingError(
          'wrong-inputs',
          `Cannot take slice ${row}: need one of the ${count} that are there`,
        );
      }
      return elementAt(column, row);
    }),
  );
}
