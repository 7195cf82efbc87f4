// The loops over all updates of a cohort on all cores, for the server's rules that see single updates: threads of their
// own take chunks of the coordinates, while main's event loop stays free. They give the same bits as `plainRows`,
// whatever their number: chunks are cut alike, and what comes of them is put together in order.
import { availableParallelism } from 'node:os';
import { chunksOf, type FloatArray, plainRows, type RowKernels } from '@starling/federated-core/plan';
import { createRowThreads, type RowThreads } from './row-threads.js';

/** Below this many numbers waking threads costs more than it saves. */
const FEWEST = 1 << 21;

export interface RowsOptions {
  readonly threads: number;
  /** Numbers in all rows from which on threads take them. */
  readonly fewest?: number;
}

let made: RowKernels | null = null;

/** On as many threads as there are cores, which start with the first large cohort; made once a process. */
export function serverRows(): RowKernels {
  made ??= threadedRows({ threads: availableParallelism() });
  return made;
}

/** Rows that are not in shared memory stay on the calling thread, which they would have to be copied from. */
export function threadedRows({ threads, fewest = FEWEST }: RowsOptions): RowKernels {
  let started: RowThreads | null = null;
  const workers = (): RowThreads => {
    if (started === null || started.isBroken()) started = createRowThreads(threads);
    return started;
  };
  const staysHere = (rows: readonly FloatArray[]): boolean =>
    rows.length * (rows[0]?.length ?? 0) < fewest ||
    !rows.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  return {
    async middles(rows, trim, target) {
      if (staysHere(rows)) return plainRows.middles(rows, trim, target);
      const memory = new SharedArrayBuffer(target.byteLength);
      const shared = target instanceof Float32Array ? new Float32Array(memory) : new Float64Array(memory);
      const tasks = chunksOf(target.length).map(([from, to]) =>
        workers().run({ kind: 'middles', rows, trim, target: shared, from, to }),
      );
      await Promise.all(tasks);
      target.set(shared);
    },
    async distances(rows, distances) {
      if (staysHere(rows)) return plainRows.distances(rows, distances);
      const tasks = chunksOf(rows[0]!.length).map(([from, to]) =>
        workers().run({ kind: 'distances', rows, from, to }),
      );
      for (const part of await Promise.all(tasks)) {
        part.forEach((distance, index) => {
          distances[index] = distances[index]! + distance;
        });
      }
    },
  };
}
