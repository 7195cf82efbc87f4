// The metrics that are made of sums, on rows whose values scikit-learn 1.x gives too, and by the contract.
import { tf } from '@starling/compute';
import { float32, int32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { areaUnderCurve } from './area-under-curve.js';
import { concordanceIndex } from './concordance-index.js';
import { confusionMatrix } from './confusion-matrix.js';
import { type MeasuredRows, measuredOf, metricContract } from './contract.js';
import { absoluteError, rootMeanSquaredError, rSquared } from './errors.js';
import { exactMean } from './exact-mean.js';
import { perplexity } from './perplexity.js';
import { f1Score, precision, recall } from './precision-and-recall.js';
import type { SumMetric } from './sum-metric.js';
import { topKAccuracy } from './top-k-accuracy.js';

/** Yes or no, and logits. */
const binary: MeasuredRows = {
  labels: [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
  outputs: [-1.5, 2, -0.25, 1, 0.5, 0.75, 3, -2, -1, 0.25, -0.5, 1.5, 2.5, -0.75, 0, 4, 0.5, -3],
};
/** Three classes, and scores. */
const classes: MeasuredRows = {
  labels: [0, 1, 2, 2, 1, 0, 1, 2, 0, 2, 1, 1],
  labelType: int32(),
  outputs: [
    ...[
      [2, 1, 0],
      [0, 3, 1],
      [1, 0, 2],
      [3, 1, 2],
      [1, 2, 0],
      [0, 1, 0],
    ],
    ...[
      [2, 1, 3],
      [0, 0, 4],
      [1, 0, 0],
      [0, 2, 1],
      [1, 4, 2],
      [0, 1, 2],
    ],
  ],
  outputType: float32(3),
};
const regression: MeasuredRows = {
  labels: [3, -0.5, 2, 7, 4.25, -1.5, 0.75],
  outputs: [2.5, 0, 2, 8, 5, -1, 1.5],
};
/** Times and whether the event happened then, and risks. */
const survival: MeasuredRows = {
  labels: [
    [1, 1],
    [2, 1],
    [2, 0],
    [3, 1],
    [4, 0],
    [5, 1],
    [6, 1],
    [7, 0],
  ],
  labelType: float32(2),
  outputs: [0.9, 0.4, 0.6, 0.7, 0.4, 0.2, 0.5, 0.1],
};
const survivalBins = { times: { from: 0, to: 8, bins: 8 }, risks: { from: 0, to: 1.05, bins: 21 } };

const cases: readonly (readonly [string, () => SumMetric, MeasuredRows, number])[] = [
  // 10 outputs are above 0, of which 7 are 1; 12 labels are 1.
  ['precision', precision, binary, 7 / 10],
  ['recall', recall, binary, 7 / 12],
  ['f1Score', f1Score, binary, 14 / 22],
  // Largest at 0 1 2 0 1 1 2 2 0 1 1 2: of classes 0, 1, 2 right 2, 3, 2 times, taken for 3, 5, 4 times, and 3, 5, 4
  // there are: (2/3 + 3/5 + 2/4) / 3.
  ['precision of classes', () => precision({ classes: 3 }), classes, 53 / 90],
  ['recall of classes', () => recall({ classes: 3 }), classes, 53 / 90],
  ['f1Score of classes', () => f1Score({ classes: 3 }), classes, 53 / 90],
  // Both others are above the label's score only in [2, 1, 3] of 1. (top_k_accuracy_score breaks the tie in [0, 1, 0]
  // of 0 by the order of the classes, and gives 10 / 12.)
  ['topKAccuracy', () => topKAccuracy({ k: 2 }), classes, 11 / 12],
  // Of 12 · 6 pairs 47 are in order: roc_auc_score.
  ['areaUnderCurve', areaUnderCurve, binary, 47 / 72],
  // Errors 0.5, 0.5, 0, 1, 0.75, 0.5, 0.75: their sum is 4, that of their squares 2.875.
  ['absoluteError', absoluteError, regression, 4 / 7],
  ['rootMeanSquaredError', rootMeanSquaredError, regression, Math.sqrt(2.875 / 7)],
  // Labels: sum 15, squares 83.125: 1 − 2.875 / (83.125 − 225 / 7).
  ['rSquared', rSquared, regression, 1 - 2.875 / (83.125 - 225 / 7)],
  ['rSquared around 2', () => rSquared({ center: 2 }), regression, 1 - 2.875 / (83.125 - 225 / 7)],
  // log_loss of the softmax of the rows.
  ['perplexity', perplexity, classes, Math.exp(0.8609832931529607)],
  ['exactMean', () => exactMean(softmaxCrossentropy), classes, 0.8609832931529607],
  // Of 19 pairs of which the first event is known 15 have the risks in order, and one has them equal.
  ['concordanceIndex', () => concordanceIndex(survivalBins), survival, 15.5 / 19],
];

describe('metrics of sums', () => {
  test.each(cases)('`%s` is what its definition gives', async (_, make, rows, expected) => {
    expect(await measuredOf(make(), rows)).toBeCloseTo(expected, 6);
  });

  test('`confusionMatrix` has a row for each class and a column for what it is taken for', async () => {
    const matrix = (await measuredOf(confusionMatrix({ classes: 3 }), classes)) as unknown as {
      readonly data: Int32Array;
    };
    expect([...matrix.data]).toEqual([2, 1, 0, 0, 3, 2, 1, 1, 2]);
  });

  test('`areaUnderCurve` takes scores in one bin for equal', async () => {
    // With two bins of the probability: above 0 (and at it) or below. Of 12 positives 8 are above, of 6 negatives 3:
    // (8 · 3 + (8 · 3 + 4 · 3) / 2) / 72.
    expect(await measuredOf(areaUnderCurve({ bins: 2 }), binary)).toBeCloseTo(42 / 72, 6);
    const probabilities = { labels: [0, 1], outputs: [0.2, 0.7] };
    expect(await measuredOf(areaUnderCurve({ scores: 'probabilities' }), probabilities)).toBe(1);
  });

  test('`areaUnderCurve` and `concordanceIndex` are NaN without a pair', async () => {
    expect(await measuredOf(areaUnderCurve(), { labels: [1, 1], outputs: [0, 1] })).toBeNaN();
    const alone = { ...survival, labels: [[1, 0]], outputs: [0.5] };
    expect(await measuredOf(concordanceIndex(survivalBins), alone)).toBeNaN();
  });

  test('`precision` and `recall` are 0 of nothing', async () => {
    const none = { labels: [0, 0], outputs: [-1, -1] };
    for (const make of [precision, recall, f1Score]) expect(await measuredOf(make(), none)).toBe(0);
  });

  test('`topKAccuracy` counts no class that is masked by −∞', () => {
    // The label's score is the second of three: of the largest one it is none.
    const { terms } = topKAccuracy({ k: 1 });
    const outputs = tf.tensor2d([[Number.NEGATIVE_INFINITY, 1, 2]]);
    expect([...terms(tf.tensor1d([1], 'int32'), outputs).dataSync()]).toEqual([0, 1]);
  });

  test('`valid` tells labels without a meaning', () => {
    const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
    const labels = tf.tensor1d([0, 1, -1, 2, 0.5]);
    const outputs = tf.zeros([5]);
    for (const make of [precision, areaUnderCurve]) {
      expect(numbers(make().valid!(labels, outputs))).toEqual([1, 1, 0, 0, 0]);
    }
    const scores = tf.zeros([3, 3]);
    const of = tf.tensor1d([2, 3, -1], 'int32');
    for (const metric of [confusionMatrix({ classes: 3 }), topKAccuracy({ k: 1 })]) {
      expect(numbers(metric.valid!(of, scores))).toEqual([1, 0, 0]);
    }
    expect(numbers(absoluteError().valid!(tf.tensor1d([1, Number.NaN]), tf.zeros([2])))).toEqual([1, 0]);
  });

  test('are refused with options out of their ranges', () => {
    expect(() => precision({ classes: 1 })).toThrow('classes must be a whole number from 2 to 10000, got 1');
    expect(() => recall({ classes: 3, threshold: 0 })).toThrow('need classes or a threshold, got both');
    expect(() => topKAccuracy({ k: 0 })).toThrow('k must be a whole number from 1');
    expect(() => areaUnderCurve({ bins: 1 })).toThrow('bins must be a whole number from 2');
    expect(() => concordanceIndex({ ...survivalBins, times: { from: 1, to: 0, bins: 2 } })).toThrow(
      'to must be a finite number > 1',
    );
    expect(() => absoluteError({ resolution: 0 })).toThrow('resolution must be a finite number > 0');
    expect(() => exactMean(precision() as never)).toThrow(
      'the metric must be a function of labels and outputs',
    );
  });
});

for (const [name, make, rows] of cases) metricContract(name, make, rows);
metricContract('confusionMatrix', () => confusionMatrix({ classes: 3 }), classes);
