import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  type AggregatedComputation,
  type Dataset,
  evaluate,
  type FederatedComputation,
  type HostOf,
  type HostValue,
  requireAggregated,
  type Tensor,
  type Type,
  ValueError,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Histograms } from '../evaluation/histogram-work.js';
import { evaluateModel, modelEvaluation } from '../evaluation/model-evaluation.js';
import { lineModel, points } from '../testing/line-model.js';
import { evaluationByClient } from './evaluation-by-client.js';
import { federatedEvaluation } from './federated-evaluation.js';

const model = lineModel(0);

interface Spread {
  readonly distribution: {
    readonly [metric: string]: { readonly counts: Tensor; readonly quantiles: Tensor };
  } & {
    readonly error: { readonly counts: Tensor; readonly quantiles: Tensor } & {
      readonly [figure in 'mean' | 'variance' | 'jain' | 'lowest' | 'highest']: number;
    };
  };
}

/** On clients of these points, with the weight 2: the error of (x, y) is |2 x − y|. */
async function evaluatedBy<R extends Type>(
  computation: FederatedComputation<Type | null, R>,
  data: readonly unknown[],
): Promise<HostOf<R>> {
  const engine = await createOnnxEngine();
  const result = await evaluate(computation, { model: { w: 2 }, data } as never, {
    run: localRunner(engine),
  });
  await engine.dispose();
  return result;
}

/** Clients whose mean errors are 1, 2, 3, 4 and 9.5; one has no examples. */
const clients = [
  points([1, 3]),
  points([1, 4]),
  points([1, 5], [1, 5]),
  points(),
  points([1, 6]),
  points([1, 2], [1, 21]),
];

async function evaluated(data: readonly unknown[], batchSize: number): Promise<HostValue> {
  const engine = await createOnnxEngine();
  const computation = federatedEvaluation({ model, batchSize });
  const result = await evaluate(computation, { model: { w: 2 }, data } as never, {
    run: localRunner(engine),
  });
  await engine.dispose();
  return result;
}

describe('federatedEvaluation', () => {
  test('gives means over all examples, not over clients', async () => {
    // w = 2 on (1, 2): error 0; (1, 4): 2, loss 2; (2, 1): 3, loss 4.5. Over three examples: 6.5 / 3 and 5 / 3.
    // A batch size of 2 leaves a short batch of one with the second client, which must not count twice.
    const data = [points([1, 2]), points([1, 4], [2, 1])];
    for (const batchSize of [2, 3]) {
      const metrics = (await evaluated(data, batchSize)) as unknown as Record<string, number>;
      expect(metrics['loss']).toBeCloseTo(6.5 / 3, 6);
      expect(metrics['error']).toBeCloseTo(5 / 3, 6);
      expect(metrics['examples']).toBe(3);
    }
  });

  test('`federatedEvaluation` counts clients by their own means, and gives quantiles of the counts', async () => {
    // Bins [0, 2), [2, 4), [4, 6), [6, 8), [8, 10]: 1 | 2, 3 | 4 | – | 9.5.
    const computation = federatedEvaluation({
      model,
      distribution: { error: { from: 0, to: 10, bins: 5 } },
      quantiles: [0, 0.2, 0.4, 0.5, 1],
    });
    const { distribution } = (await evaluatedBy(computation, clients)) as unknown as Spread;
    expect([...distribution.error.counts.data]).toEqual([1, 2, 1, 0, 1]);
    // Of 5 clients: 0 at the start; 1 fills the first bin; 2 and 2.5 are 1/2 and 3/4 of the second; 5 the end.
    expect([...distribution.error.quantiles.data]).toEqual([0, 2, 3, 3.5, 10]);
  });

  test('`federatedEvaluation` counts what lies outside in the outer bins, and has no quantiles of nobody', async () => {
    const computation = federatedEvaluation({
      model,
      distribution: { error: { from: 2, to: 3, bins: 2 }, loss: { from: 0, to: 1, bins: 1 } },
    });
    const { distribution } = (await evaluatedBy(computation, clients)) as unknown as Spread;
    expect([...distribution.error.counts.data]).toEqual([2, 3]); // 1 and 2; 3, 4 and 9.5
    const none = (await evaluatedBy(computation, [points()])) as unknown as Spread;
    expect([...none.distribution.error.counts.data]).toEqual([0, 0]);
    expect([...none.distribution.error.quantiles.data]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('`federatedEvaluation` gives mean, variance, fairness and both ends of the clients’ own means', async () => {
    // Errors 1, 2, 3, 4 and 9.5, in bins of 2: sum 19.5, squares 120.25. A tenth of five clients is half of one: of the
    // first bin, with 1, and of the last, with 9.5.
    const error = { from: 0, to: 10, bins: 5 };
    const computation = federatedEvaluation({ model, distribution: { error } });
    const { distribution } = (await evaluatedBy(computation, clients)) as unknown as Spread;
    expect(distribution.error.mean).toBeCloseTo(3.9, 6);
    expect(distribution.error.variance).toBeCloseTo(120.25 / 5 - 3.9 ** 2, 5);
    expect(distribution.error.jain).toBeCloseTo(19.5 ** 2 / (5 * 120.25), 6);
    expect(distribution.error.lowest).toBeCloseTo(1, 6);
    expect(distribution.error.highest).toBeCloseTo(9.5, 6);
    // Six times as many: three of thirty clients are half of a bin of six, which has one mean; in one bin of all it is
    // theirs.
    const many = Array.from({ length: 6 }, () => clients).flat();
    const wide = federatedEvaluation({ model, distribution: { error: { ...error, bins: 1 } } });
    const thirty = (await evaluatedBy(computation, many)) as unknown as Spread;
    expect(thirty.distribution.error.lowest).toBeCloseTo(1, 6);
    const together = (await evaluatedBy(wide, many)) as unknown as Spread;
    expect(together.distribution.error.lowest).toBeCloseTo(3.9, 6);
    const nobody = (await evaluatedBy(computation, [points()])) as unknown as Spread;
    expect(nobody.distribution.error.mean).toBeNaN();
  });

  test('`federatedEvaluation` refuses bins that are none', () => {
    const bins = { from: 0, to: 1, bins: 2 };
    const spread = (distribution: Histograms) => () => federatedEvaluation({ model, distribution });
    expect(spread({ accuracy: bins })).toThrow("distribution needs one of loss, error, got 'accuracy'");
    expect(spread({ error: { ...bins, to: 0 } })).toThrow('to must be a finite number > 0');
    expect(spread({ error: { ...bins, bins: 0 } })).toThrow('bins must be a whole number');
    expect(() => federatedEvaluation({ model, quantiles: [2] })).toThrow(
      'a quantile must be a finite number',
    );
  });

  test('gives NaN when nobody has an example', async () => {
    expect(await evaluated([points()], 2)).toEqual({ loss: Number.NaN, error: Number.NaN, examples: 0 });
  });
});

describe('evaluationByClient', () => {
  test('`evaluationByClient` gives the means of each client besides those over all', async () => {
    const result = await evaluatedBy(evaluationByClient({ model }), clients.slice(2, 5));
    // (3 + 3 + 4) / 3 and (4.5 + 4.5 + 8) / 3.
    expect(result['error']).toBeCloseTo(10 / 3, 6);
    expect(result.loss).toBeCloseTo(17 / 3, 6);
    expect(result.clients).toEqual([
      { loss: 4.5, error: 3, examples: 2 },
      { loss: 0, error: 0, examples: 0 },
      { loss: 8, error: 4, examples: 1 },
    ]);
  });

  test('`evaluationByClient` is revealing, and `federatedEvaluation` is not', () => {
    const distribution = { loss: { from: 0, to: 1, bins: 3 } };
    const aggregated: AggregatedComputation = federatedEvaluation({ model, distribution });
    expect(requireAggregated(aggregated)).toBe(aggregated);
    // @ts-expect-error the type says that single clients' figures are seen
    const revealing: AggregatedComputation = evaluationByClient({ model });
    expect(() => requireAggregated(revealing)).toThrow('federatedCollect');
  });
});

describe('evaluateModel', () => {
  test('throws when the columns of the dataset differ in length, or are others', () => {
    const { columns } = points([1, 2], [1, 4]);
    const { y } = points([1, 2]).columns as { readonly y: Tensor };
    const evaluator = (dataset: Dataset) => modelEvaluation({ model, dataset, run: async () => [] });
    expect(() => evaluator({ length: 2, columns: { ...(columns as object), y } })).toThrow(ValueError);
    expect(() => evaluator({ length: 2, columns: { x: y, z: y } })).toThrow(ValueError);
    expect(() => evaluator({ length: 3, columns })).toThrow('dataset');
  });

  test('gives the means over a dataset at hand', async () => {
    const engine = await createOnnxEngine();
    const weights = { w: { dtype: 'float32', shape: [], data: Float32Array.of(2) } } as const;
    const metrics = await evaluateModel({
      model,
      weights,
      dataset: points([1, 2], [1, 4], [2, 1]),
      run: localRunner(engine),
    });
    await engine.dispose();
    expect(metrics['loss']).toBeCloseTo(6.5 / 3, 6);
    expect(metrics['error']).toBeCloseTo(5 / 3, 6);
    expect(metrics['examples']).toBe(3);
  });
});
