import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { shareCommon } from './share-common.js';

describe('shareCommon', () => {
  test('computes equal nodes once, and their successors when they become equal', async () => {
    const graph = graphOf([[3]], (b, [x]) => {
      const twice = () => b.unary('Exp', b.unary('Neg', x!));
      return [b.binary('Add', twice(), twice())];
    });
    expect(await operatorsAfter(shareCommon(), graph)).toBe('Neg Exp Add');
  });

  test('keeps nodes apart when their attributes differ', async () => {
    const graph = graphOf([[3]], (b, [x]) => {
      const leaky = (alpha: number) => b.unary('LeakyRelu', x!, { alpha: attribute.float(alpha) });
      return [b.binary('Add', leaky(0.1), leaky(0.2))];
    });
    expect(await operatorsAfter(shareCommon(), graph)).toBe('LeakyRelu LeakyRelu Add');
  });
});
