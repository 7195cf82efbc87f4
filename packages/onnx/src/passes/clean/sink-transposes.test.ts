import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { sinkTransposes } from './sink-transposes.js';

const TO_CHANNELS_LAST = [0, 2, 3, 1];

describe('sinkTransposes', () => {
  test('moves transposes past elementwise operators when operands share them or are vectors', async () => {
    const shape = [2, 3, 4, 5];
    const graph = graphOf([shape, shape, [3]], (b, [x, y, bias]) => {
      const biased = b.binary('Add', b.transpose(x!, TO_CHANNELS_LAST), bias!);
      return [b.binary('Mul', b.unary('Relu', biased), b.transpose(y!, TO_CHANNELS_LAST))];
    });
    expect(await operatorsAfter(sinkTransposes, graph)).toBe('Reshape Add Relu Mul Transpose');
  });

  test('leaves a transpose when the other operand would have to be moved instead', async () => {
    const graph = graphOf(
      [
        [2, 3, 4, 5],
        [2, 4, 5, 3],
      ],
      (b, [x, y]) => [b.binary('Mul', b.transpose(x!, TO_CHANNELS_LAST), y!)],
    );
    expect(await operatorsAfter(sinkTransposes, graph)).toBe('Transpose Mul');
  });

  test('sums before the transpose when one axis is left', async () => {
    const graph = graphOf([[2, 3, 4, 5]], (b, [x]) => [
      b.reduce('ReduceSum', b.transpose(x!, TO_CHANNELS_LAST), [0, 1, 2], false),
    ]);
    expect(await operatorsAfter(sinkTransposes, graph)).toBe('ReduceSum');
  });
});
