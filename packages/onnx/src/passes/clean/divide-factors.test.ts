import type { Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { applyPass, removeDeadNodes } from '../../builder/rewrite-graph.js';
import { graphOf, operatorsAfter, operatorsOf, outputsOf } from '../../testing/pass-check.js';
import { divideFactors } from './divide-factors.js';

/** Of x, m and c: (x / v) · m and (m / c) / v, where v is 1 where x > 0, else 0. */
const checkedLoss = graphOf([[4], [4], [1]], (b, [x, m, c]) => {
  const v = b.cast(b.compare('Greater', x!, b.scalarLike(x!, 0)), 'float32');
  const total = b.binary('Mul', b.binary('Div', b.unary('Exp', x!), v), m!);
  return [total, b.binary('Div', b.binary('Div', m!, c!), v)];
});

describe('divideFactors', () => {
  test('divides the factor and the dividend, with the same bits where the divisor is 1, and no finite number elsewhere', async () => {
    const changed = removeDeadNodes(applyPass(checkedLoss, divideFactors));
    expect(operatorsOf(changed)).toBe('Greater Cast Exp Div Mul Div Div');
    const inputs = [Float32Array.of(1.1, -1, 0.3, -2), Float32Array.of(0.7, 1, 0, 0), Float32Array.of(3)];
    const [before, after] = [await outputsOf(checkedLoss, inputs), await outputsOf(changed, inputs)];
    for (const [index, { data }] of before.entries()) {
      const [one, two, three, four] = [...((after[index] as Tensor).data as Float32Array)];
      expect([one, three]).toEqual([data[0], data[2]]);
      expect([two, four].some((value) => Number.isFinite(value))).toBe(false);
      expect([data[1], data[3]].some((value) => Number.isFinite(value))).toBe(false);
    }
  });

  test('leaves quotients whose divisor is any number, which are read twice, or which broadcast', async () => {
    const any = graphOf([[4], [4], [4]], (b, [x, m, v]) => [b.binary('Mul', b.binary('Div', x!, v!), m!)]);
    expect(await operatorsAfter(divideFactors, any)).toBe('Div Mul');
    const twice = graphOf([[4], [4]], (b, [x, m]) => {
      const v = b.cast(b.compare('Less', x!, b.scalarLike(x!, 9)), 'float32');
      const quotient = b.binary('Div', x!, v);
      return [quotient, b.binary('Mul', quotient, m!)];
    });
    expect(await operatorsAfter(divideFactors, twice)).toBe('Less Cast Div Mul');
    const broadcast = graphOf([[2, 4], [4], [4]], (b, [x, m, y]) => {
      const v = b.cast(b.compare('Less', y!, b.scalarLike(y!, 9)), 'float32');
      return [b.binary('Mul', b.binary('Div', x!, v), m!)];
    });
    expect(await operatorsAfter(divideFactors, broadcast)).toBe('Less Cast Div Mul');
  });
});
