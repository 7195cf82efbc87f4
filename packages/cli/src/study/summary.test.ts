import { describe, expect, test } from 'vitest';
import { studyRun } from '../testing/study-runs.js';
import { cellsOf, changingMetrics, spreadOf } from './summary.js';
import { readTarget } from './target.js';

const target = readTarget('accuracy=0.5');
const rate = { rate: '0.1' };

describe('spreadOf', () => {
  test('gives mean and sample standard deviation', () => {
    // Mean 5; squares 9, 1, 1, 1, 0, 0, 4, 16 add up to 32, over 7.
    const { mean, sd, count } = spreadOf([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(sd).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(count).toBe(8);
  });

  test('has no deviation of one number, and no mean of none', () => {
    expect(spreadOf([3])).toEqual({ mean: 3, sd: null, count: 1 });
    expect(() => spreadOf([])).toThrow('need a number or more, got none');
  });
});

describe('cellsOf', () => {
  test('puts runs together that differ by their seed alone, in their order', () => {
    const cells = cellsOf(
      [
        studyRun(rate, 1, [0.2, 0.4]),
        studyRun({ rate: '0.3' }, 1, [0.1, 0.1]),
        studyRun(rate, 2, [0.4, 0.8]),
      ],
      null,
    );
    expect(cells.map(({ varied, runs }) => [varied, runs.length])).toEqual([
      [{ rate: '0.1' }, 2],
      [{ rate: '0.3' }, 1],
    ]);
    const [first] = cells;
    expect(first!.finals.get('accuracy')!.mean).toBeCloseTo(0.6, 14);
    // Deviations of 0.2 to each side, over 2 − 1: √0.08.
    expect(first!.finals.get('accuracy')!.sd).toBeCloseTo(Math.sqrt(0.08), 14);
    const curve = first!.curves.get('accuracy')!;
    expect(curve.map(({ round }) => round)).toEqual([1, 2]);
    expect(curve[0]!.mean).toBeCloseTo(0.3, 14);
    expect(first!.target).toBeNull();
  });

  test('counts runs that are not done in no figure', () => {
    const [cell] = cellsOf(
      [
        studyRun(rate, 1, [0.2], { outcome: 'kept' }),
        studyRun(rate, 2, [0.9], { outcome: 'failed', reason: 'no disk' }),
        studyRun(rate, 3, [0.9], { outcome: 'stopped' }),
      ],
      target,
    );
    expect(cell).toMatchObject({ done: 1, target: { runs: 0, rounds: null, bytes: null } });
    expect(cell!.finals.get('accuracy')).toEqual({ mean: 0.2, sd: null, count: 1 });
  });

  test('leaves out what is not finite, and says of how many runs a final is', () => {
    const [cell] = cellsOf([studyRun(rate, 1, [0.2, 'NaN']), studyRun(rate, 2, [0.4, 0.6])], null);
    expect(cell!.done).toBe(2);
    expect(cell!.finals.get('accuracy')).toEqual({ mean: 0.6, sd: null, count: 1 });
    // At round 2 one of the two has no value, so that there is no mean over both.
    expect(cell!.curves.get('accuracy')!.map(({ round }) => round)).toEqual([1]);
  });

  test('tells rounds and bytes until the target is reached, of the runs that reach it', () => {
    const [cell] = cellsOf(
      [
        studyRun(rate, 1, [0.2, 0.5, 0.4]),
        studyRun(rate, 2, [0.1, 0.2, 0.3, 0.9]),
        studyRun(rate, 3, [0.1, 0.1]),
      ],
      target,
    );
    // 10 clients a round, 100 bytes down and 10 up each: 1,100 bytes a round.
    expect(cell!.target).toMatchObject({
      runs: 2,
      rounds: { mean: 3, count: 2 },
      bytes: { mean: 3 * 1100, count: 2 },
    });
  });

  test('tells no bytes of a record that has none', () => {
    const run = studyRun(rate, 1, [0.6]);
    const record = run.record.map((line) => {
      if (line.type !== 'run') return line;
      const { bytes: _, ...others } = line;
      return others;
    });
    expect(cellsOf([{ ...run, record }], target)[0]!.target).toMatchObject({ runs: 1, bytes: null });
  });
});

test('`changingMetrics` has the headline first, and no metric that stays as it is', () => {
  const run = studyRun(rate, 1, [0.1, 0.2]);
  const record = run.record.map((line) =>
    line.type === 'round'
      ? { ...line, metrics: { examples: 600, loss: 1 / line.round, ...line.metrics } }
      : line,
  );
  expect(changingMetrics(cellsOf([{ ...run, record }], null), 'accuracy')).toEqual(['accuracy', 'loss']);
});
