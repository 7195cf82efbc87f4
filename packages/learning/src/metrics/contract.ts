// The contract suite of metrics of sums: each one's test calls it.
import {
  createOnnxEngine,
  createTfjsEngine,
  type Engine,
  localComputation,
  localRunner,
  sequenceReduce,
  tf,
} from '@starling/compute';
import {
  atClients,
  evaluate,
  type FederatedComputation,
  federatedComputation,
  federatedMap,
  federatedSum,
  field,
  float32,
  type Generator,
  generator,
  type HostValue,
  seedFrom,
  sequence,
  struct,
  type TensorType,
  toValue,
} from '@starling/federated-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SumMetric } from './sum-metric.js';

/** Examples to measure: a row each. */
export interface MeasuredRows {
  readonly labels: readonly unknown[];
  readonly outputs: readonly unknown[];
  /** Of one label and one output; numbers, float32, by default. */
  readonly labelType?: TensorType;
  readonly outputType?: TensorType;
}

const SPLITS = 200;

/**
 * Tests the metric that `make` makes on these rows: that 200 random splits over clients and batches give the same sums,
 * to the bit if they are integers, and the same metric. Call it at the top of a test file, for a metric of your own
 * too:
 *
 *     import { metricContract } from '@starling/learning/contract';
 *     import { hits } from './hits.js';
 *
 *     metricContract('hits', () => hits({ within: 0.1 }), { labels: [1, 2, 3], outputs: [1.05, 2.5, 3] });
 */
export function metricContract(name: string, make: () => SumMetric, rows: MeasuredRows): void {
  describe(`${name} keeps the contract of metrics`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await createOnnxEngine();
    });
    afterAll(() => engine.dispose());

    test(`gives the same sums and metric for ${SPLITS} random splits`, { timeout: 60_000 }, async () => {
      const measured = [1, 3, 7].map((batchSize) => measuring(make(), rows, batchSize));
      const random = generator(seedFrom(1));
      const run = localRunner(engine);
      const of = (at: number, clients: readonly unknown[]) =>
        evaluate(measured[at]!, { data: clients } as never, { run });
      const whole = await of(2, [rowsAt(rows)]);
      expect(numbersOf(whole).length).toBeGreaterThan(1);
      for (let split = 0; split < SPLITS; split++) {
        const clients = splitRows(rows, random);
        const other = await of(random.below(3), clients);
        if (make().sums.dtype === 'int32') expect(other).toEqual(whole);
        else expectClose(other, whole);
      }
    });

    test('gives nothing but numbers without an example', async () => {
      const empty = await evaluate(measuring(make(), rows, 3), { data: [[], []] } as never, {
        run: localRunner(engine),
      });
      expect(numbersOf((empty as { readonly sums: HostValue }).sums).every((each) => each === 0)).toBe(true);
    });

    test('gives the same on another engine', async () => {
      const tfjs = await createTfjsEngine();
      const measured = measuring(make(), rows, 3);
      const data = { data: [rowsAt(rows)] } as never;
      const other = await evaluate(measured, data, { run: localRunner(tfjs) });
      expectClose(other, await evaluate(measured, data, { run: localRunner(engine) }));
      await tfjs.dispose();
    });
  });
}

/** What a metric gives of all rows, as one client that holds them. */
export async function measuredOf(metric: SumMetric, rows: MeasuredRows): Promise<HostValue> {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const { result } = (await evaluate(measuring(metric, rows, 4), { data: [rowsAt(rows)] } as never, {
    run,
  })) as unknown as { readonly result: HostValue };
  await engine.dispose();
  return result;
}

/** Clients' rows → the sums over all of them, and the metric. */
function measuring(
  metric: SumMetric,
  { labelType = float32(), outputType = float32() }: MeasuredRows,
  batchSize: number,
): FederatedComputation {
  const example = struct({ label: labelType, output: outputType });
  const fold = localComputation({ data: sequence(example) }, ({ data }) => {
    const zero = tf.zeros([...(metric.sums.shape as number[])], metric.sums.dtype);
    const sums = sequenceReduce(data.batch(batchSize), zero, (before, { label, output }, mask) => {
      const terms = metric.terms(label as tf.Tensor, output as tf.Tensor);
      const ones = tf.reshape(mask, [batchSize, ...terms.shape.slice(1).map(() => 1)]);
      return tf.add(before, tf.sum(tf.mul(terms, tf.cast(ones, terms.dtype)), 0));
    });
    return { sums };
  });
  const finish = localComputation({ sums: metric.sums }, ({ sums }) => metric.result(sums as tf.Tensor));
  const computation = federatedComputation({ data: atClients(sequence(example)) }, ({ data }) => {
    const sums = federatedSum(field(federatedMap(fold, { data }), 'sums'));
    return { sums, result: federatedMap(finish, { sums }) };
  });
  return computation as unknown as FederatedComputation;
}

function rowsAt(
  { labels, outputs, labelType = float32(), outputType = float32() }: MeasuredRows,
  at: readonly number[] = labels.map((_, row) => row),
): unknown {
  const element = struct({ label: labelType, output: outputType });
  return toValue(sequence(element), at.map((row) => ({ label: labels[row], output: outputs[row] })) as never);
}

/** The rows in an order of their own, cut anywhere into one to eight clients, some of which may have none. */
function splitRows(rows: MeasuredRows, random: Generator): readonly unknown[] {
  const order = Array.from(random.permutation(rows.labels.length));
  const clients = 1 + random.below(8);
  const parts: number[][] = Array.from({ length: clients }, () => []);
  for (const row of order) parts[random.below(clients)]!.push(row);
  return parts.map((part) => rowsAt(rows, part));
}

function expectClose(one: unknown, other: unknown): void {
  const [first, second] = [numbersOf(one), numbersOf(other)];
  expect(first.length).toBe(second.length);
  for (const [index, each] of first.entries()) {
    if (Number.isNaN(each)) expect(second[index]).toBeNaN();
    else expect(each).toBeCloseTo(second[index]!, 4);
  }
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { data } = value as { readonly data?: unknown };
  if (ArrayBuffer.isView(data)) return Array.from(data as Float32Array);
  return Object.values(value).flatMap(numbersOf);
}
