// Reads the stretches of one client: those that lie close together in one read.
import type { DataFile } from '../files/data-file.js';
import type { ByteRun } from './row-runs.js';

/** Bytes between two stretches that are read rather than jumped over. */
const MAX_GAP_BYTES = 16_384;
/** Bytes of one read. */
const MAX_READ_BYTES = 4 << 20;

/** Calls `use` with each run's bytes, in order: those of `bytes` from `begin` to before `end`. */
export function readRuns(
  file: DataFile,
  runs: Iterable<ByteRun>,
  use: (bytes: Buffer, begin: number, end: number) => void,
): void {
  file.open((read) => {
    let group: ByteRun[] = [];
    const flush = (): void => {
      const first = group[0];
      const last = group.at(-1);
      if (first === undefined || last === undefined) return;
      const bytes = Buffer.allocUnsafe(last.end - first.begin);
      read(bytes, first.begin);
      for (const { begin, end } of group) use(bytes, begin - first.begin, end - first.begin);
      group = [];
    };
    for (const run of runs) {
      const first = group[0];
      const last = group.at(-1);
      const isFar =
        first !== undefined &&
        last !== undefined &&
        (run.begin - last.end > MAX_GAP_BYTES || run.end - first.begin > MAX_READ_BYTES);
      if (isFar) flush();
      group.push(run);
    }
    flush();
  });
}
