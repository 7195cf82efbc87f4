import { tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { lineModel, points } from '../testing/line-model.js';
import { modelEvaluation } from './model-evaluation.js';

test('`modelEvaluation` refuses a dataset with columns of unequal length', () => {
  const whole = points([1, 2], [2, 2]);
  const { x } = whole.columns as { readonly x: ReturnType<typeof tensor> };
  const dataset = { length: 2, columns: { x, y: tensor('float32', [3], Float32Array.of(2, 2, 2)) } };
  const run = () => [];
  expect(() => modelEvaluation({ model: lineModel(1), dataset, run })).toThrow(
    'Cannot evaluate a model: dataset must be float32[2] at columns.y: need a tensor float32[2], got float32[3]',
  );
  expect(() => modelEvaluation({ model: lineModel(1), dataset: { ...whole, length: 1 }, run })).toThrow(
    'at columns.x',
  );
  modelEvaluation({ model: lineModel(1), dataset: whole, run });
});
