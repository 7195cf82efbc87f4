// The table that fairlearn's user guide works out (docs/user_guide/assessment/common_fairness_metrics.rst), for tests,
// and a model that gives the score of an example as it is.
import { tf } from '@starling/compute';
import {
  type Dataset,
  float32,
  int32,
  sequence,
  struct,
  tensor,
  toValue,
  uint8,
} from '@starling/federated-core';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { functionModel } from '../models/function-model.js';

const labels = [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1];
const predicted = [0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0];
export const group = [...'bbabbcccaacabccbcc'];

const example = struct({ score: float32(), y: float32(), group: uint8(4), code: int32() });
export const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text.padEnd(4, '\0'))];
export const rows = labels.map((y, row) => ({
  score: predicted[row]!,
  y,
  group: bytesOf(group[row]!),
  code: [...'abc'].indexOf(group[row]!),
}));
export type GivenRow = (typeof rows)[number];
export const client = (of: readonly GivenRow[]): Dataset =>
  toValue(sequence(example), of as never) as Dataset;

export const model = functionModel({
  name: 'given scores',
  example,
  initialWeights: { scale: tensor('float32', [], Float32Array.of(1)) },
  loss: ({ scale }, { score, y }: { readonly score: tf.Tensor; readonly y: tf.Tensor }) =>
    meanSquaredError(y, tf.mul(score, scale)),
  outputs: ({ scale }, { score }) => tf.mul(score, scale),
});
