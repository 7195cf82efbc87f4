// The contract suite of schedules: each one's test calls it.
import { createOnnxEngine, createTfjsEngine, localComputation, localRunner, tf } from '@starling/compute';
import { int32, seedFrom, tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import type { Schedule } from './schedule.js';

/** The rates at `counts`. */
function ratesOf(schedule: Schedule, counts: readonly number[]): number[] {
  return counts.map((count) => schedule(tf.scalar(count, 'int32')).dataSync()[0] as number);
}

/**
 * Tests a schedule against `rates`, those at counts 0, 1, 2, …, worked out by hand. Call it at the top of a test file,
 * for a schedule of your own too:
 *
 *     import { scheduleContract } from '@starling/learning/contract';
 *     import { inverseRoot } from './inverse-root.js';
 *
 *     const rates = [1, Math.SQRT1_2, 1 / Math.sqrt(3), 0.5];
 *     scheduleContract('inverseRoot', inverseRoot({ initialRate: 1 }), { rates });
 */
export function scheduleContract(
  name: string,
  schedule: Schedule,
  { rates }: { readonly rates: readonly number[] },
): void {
  test(`${name} gives the rate of each count`, () => {
    const actual = ratesOf(schedule, [...rates.keys()]);
    for (const [count, rate] of rates.entries()) expect(actual[count]).toBeCloseTo(rate, 6);
  });

  test(`${name} gives float32 scalars within a local computation, on every engine`, async () => {
    const local = localComputation({ count: int32() }, ({ count }) => schedule(count));
    expect(local.type.result).toMatchObject({ kind: 'tensor', dtype: 'float32', shape: [] });
    for (const engine of [await createOnnxEngine(), await createTfjsEngine()]) {
      for (const [count, rate] of rates.entries()) {
        const argument = [tensor('int32', [], Int32Array.of(count))];
        const [actual] = await localRunner(engine)(local, argument, seedFrom(1));
        expect(actual?.data[0]).toBeCloseTo(rate, 6);
      }
      await engine.dispose();
    }
  });
}
