// Named losses, by numbers worked out by hand: of probabilities after a softmax or sigmoid, else of logits. A loss of
// logits [0, ln 3] is that of the probabilities [1/4, 3/4].
import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { LOSS_NAMES, lossNamed } from './losses-by-name.js';

const numbers = (losses: tf.Tensor): readonly number[] => [...losses.dataSync()];
const named = (name: string, last: 'softmax' | 'sigmoid' | null) => lossNamed('Cannot make it', name, last);
const classes = tf.tensor1d([1, 0], 'int32');
const oneHot = tf.tensor2d([[0, 1], [1, 0]]); // biome-ignore format: rows
const logits = tf.tensor2d([[0, Math.log(3)], [0, Math.log(3)]]); // biome-ignore format: rows
const shares = tf.tensor2d([[0.25, 0.75], [0.25, 0.75]]); // biome-ignore format: rows

describe('lossNamed', () => {
  test.each([
    ['sparseCategoricalCrossentropy', classes],
    ['categoricalCrossentropy', oneHot],
  ])('%s is −ln p of the label, of logits and of probabilities', (name, labels) => {
    for (const [last, outputs] of [
      [null, logits],
      ['softmax', shares],
    ] as const) {
      const [first, second] = numbers(named(name, last)(labels, outputs));
      expect(first).toBeCloseTo(-Math.log(0.75), 5);
      expect(second).toBeCloseTo(-Math.log(0.25), 5);
    }
  });

  test('binaryCrossentropy is −ln of the probability of the label, as a mean over outputs', () => {
    // Of p = 3/4: −ln 3/4 where the label is 1, −ln 1/4 where it is 0; their mean is −ln(3/16) / 2.
    for (const [last, output] of [
      [null, Math.log(3)],
      ['sigmoid', 0.75],
    ] as const) {
      const loss = named('binaryCrossentropy', last);
      expect(numbers(loss(tf.tensor1d([1, 0]), tf.tensor2d([[output], [output]])))[1]).toBeCloseTo(
        -Math.log(0.25),
        5,
      );
      expect(numbers(loss(tf.tensor2d([[1, 0]]), tf.tensor2d([[output, output]])))[0]).toBeCloseTo(
        -Math.log(3 / 16) / 2,
        5,
      );
    }
  });

  test('meanSquaredError and meanAbsoluteError are means over an example’s outputs', () => {
    const labels = tf.tensor2d([[1, 2]]);
    const outputs = tf.tensor2d([[4, 2]]);
    expect(numbers(named('meanSquaredError', null)(labels, outputs))).toEqual([4.5]);
    expect(numbers(named('meanAbsoluteError', null)(labels, outputs))).toEqual([1.5]);
  });

  test('cross-entropies of probabilities are finite where one is 0, and not where a label means nothing', () => {
    const certain = tf.tensor2d([[1, 0]]);
    // Held at 1e-7, as in Keras: −ln 1e-7 is 16.1181.
    expect(
      numbers(named('sparseCategoricalCrossentropy', 'softmax')(tf.tensor1d([1], 'int32'), certain))[0],
    ).toBeCloseTo(16.118, 2);
    for (const [name, last, labels] of [
      ['sparseCategoricalCrossentropy', 'softmax', tf.tensor1d([2], 'int32')],
      ['categoricalCrossentropy', 'softmax', tf.tensor2d([[0, 2]])],
      ['categoricalCrossentropy', null, tf.tensor2d([[0, -1]])],
      ['binaryCrossentropy', 'sigmoid', tf.tensor2d([[0, 2]])],
    ] as const) {
      expect(numbers(named(name, last)(labels, certain)).every(Number.isFinite)).toBe(false);
    }
  });

  test('refuses labels of another form, and says which loss they are for', () => {
    expect(() => named('sparseCategoricalCrossentropy', null)(oneHot, logits)).toThrow(
      "One-hot labels are for the loss 'categoricalCrossentropy'",
    );
    expect(() => named('categoricalCrossentropy', null)(classes, logits)).toThrow(
      "are for the loss 'sparseCategoricalCrossentropy'",
    );
    expect(() => named('binaryCrossentropy', 'sigmoid')(classes, shares)).toThrow('as many elements');
  });

  test('has all names in the error of one that there is not', () => {
    expect(() => named('mean_squared_error', null)).toThrow(
      `loss must be a function of labels and outputs, or one of ${LOSS_NAMES.join(', ')}, got 'mean_squared_error'; did you mean 'meanSquaredError'?`,
    );
    expect(() => named('toString', null)).toThrow("got 'toString'");
  });
});
