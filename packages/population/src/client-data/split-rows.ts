// Each client's rows in two parts, to train on and to test on. The parts are known without loading the rows, and follow
// from the seed and the client's name alone, as a client far away could choose them itself.
import { type Dataset, deriveSeed, generator, type Seed } from '@starling/federated-core';
import { checkOptions, dataKinds, oneOf, required } from '@starling/federated-core/plan';
import { takeRows } from '../populations/dataset-rows.js';
import { share } from '../populations/split-population.js';
import { type ClientSource, whenThere } from './client-source.js';

export interface RowSplitOptions {
  /** The share of each client's rows that is for tests: above 0 and below 1; the number is rounded. */
  readonly testShare: number;
  /** Needed unless `order` is `'last'`. */
  readonly seed?: Seed;
  /** `'random'` (default), or `'last'`: the last rows are for tests, as for data in the order of time. */
  readonly order?: 'random' | 'last';
}

/** Rows keep their order in both parts. A client of one row has it in one part, and none in the other. */
export function splitRows(
  source: ClientSource,
  options: RowSplitOptions,
): readonly [ClientSource, ClientSource] {
  const action = `Cannot split the rows of ${source.name}`;
  checkOptions(action, options, {
    testShare: required(share),
    seed: dataKinds.seed,
    order: oneOf('random', 'last'),
  });
  const { testShare, seed, order = 'random' } = options;
  if (order === 'random' && seed === undefined) {
    throw new RangeError(`${action}: need a seed, such as seedFrom(1), or order: 'last', got neither`);
  }
  const testCount = (index: number): number => Math.round(testShare * source.rowCount(index));
  /** Whether each row is for tests. */
  const isTest = (index: number): Uint8Array => {
    const length = source.rowCount(index);
    const marks = new Uint8Array(length);
    const tests = testCount(index);
    if (order === 'last') return marks.fill(1, length - tests);
    const own = deriveSeed(seed as Seed, 'split-rows', source.clientId(index));
    for (const row of generator(own).permutation(length).subarray(0, tests)) marks[row] = 1;
    return marks;
  };
  const part = (mark: 0 | 1, rowCount: (index: number) => number): ClientSource => ({
    ...source,
    rowCount,
    rows: (index) =>
      whenThere(source.rows(index), (dataset: Dataset) => {
        const marks = isTest(index);
        const indices = Int32Array.from({ length: rowCount(index) });
        let next = 0;
        for (let row = 0; row < marks.length; row++) if (marks[row] === mark) indices[next++] = row;
        return takeRows(dataset, { element: source.element, indices });
      }),
  });
  return [part(0, (index) => source.rowCount(index) - testCount(index)), part(1, testCount)];
}
