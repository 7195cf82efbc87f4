import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../builder/graph-builder.js';
import type { OnnxValue } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { fuseLogSoftmax } from './fuse-log-softmax.js';

/** x − (max + log Σ exp(x − max)) over the given axis, as tf.js records it. */
function logSoftmax(b: GraphBuilder, x: OnnxValue, axis: number): OnnxValue {
  const max = b.reduce('ReduceMax', x, [axis], true);
  const sum = b.reduce('ReduceSum', b.unary('Exp', b.binary('Sub', x, max)), [axis], false);
  const total = b.binary('Add', b.reshape(max, sum.shape), b.unary('Log', sum));
  return b.binary('Sub', x, b.reshape(total, max.shape));
}

describe('fuseLogSoftmax', () => {
  test('makes one LogSoftmax of the logarithm, one Softmax of its exponential', async () => {
    const logarithm = graphOf([[4, 5]], (b, [x]) => [logSoftmax(b, x!, 1)]);
    expect(await operatorsAfter(fuseLogSoftmax, logarithm)).toBe('LogSoftmax');
    const exponential = graphOf([[4, 5]], (b, [x]) => [b.unary('Exp', logSoftmax(b, x!, 1))]);
    expect(await operatorsAfter(fuseLogSoftmax, exponential)).toBe('Softmax');
  });

  test('keeps the logarithm when it is needed besides', async () => {
    const graph = graphOf([[4, 5]], (b, [x]) => {
      const logarithm = logSoftmax(b, x!, 1);
      return [logarithm, b.unary('Exp', logarithm)];
    });
    expect(await operatorsAfter(fuseLogSoftmax, graph)).toBe('LogSoftmax Exp');
  });

  test('leaves the formula over another axis', async () => {
    const graph = graphOf([[4, 5]], (b, [x]) => [logSoftmax(b, x!, 0)]);
    expect(await operatorsAfter(fuseLogSoftmax, graph)).toContain('Log ');
  });
});
