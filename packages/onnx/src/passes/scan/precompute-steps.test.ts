import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import { loopOf } from '../../testing/loop.js';
import { operatorsAfter } from '../../testing/pass-check.js';
import { precomputeSteps } from './precompute-steps.js';

describe('precomputeSteps', () => {
  test('computes for all steps what depends on their rows alone, and picks the row in the body', async () => {
    const graph = loopOf([[4], [3, 4]], ({ builder: b, step, state, outer: [, mask] }) => {
      const row = b.gather(mask!, step, 0);
      const sum = b.reduce('ReduceSum', row, [0], false);
      const share = b.binary('Div', row, b.binary('Max', sum, b.filled('float32', 1)));
      return b.binary('Add', state, b.binary('Mul', share, state));
    });
    expect(await operatorsAfter(precomputeSteps, graph)).toBe(
      'ReduceSum Max Reshape Div Loop[Gather Mul Add Identity]',
    );
  });

  test('leaves large values to their step', async () => {
    const graph = loopOf([[5000], [3, 5000]], ({ builder: b, step, state, outer: [, rows] }) =>
      b.binary('Add', state, b.unary('Exp', b.gather(rows!, step, 0))),
    );
    expect(await operatorsAfter(precomputeSteps, graph)).toBe('Loop[Gather Exp Add Identity]');
  });

  test('leaves what a body within the body reads by name', async () => {
    const graph = loopOf([[4], [3, 4]], ({ builder: b, step, state, outer: [, rows] }) => {
      const scale = b.unary('Exp', b.gather(rows!, step, 0));
      const inner = b.subgraph();
      const count = inner.value('count', { dtype: 'int64', shape: [] });
      const proceed = inner.value('proceed', { dtype: 'bool', shape: [] });
      const carried = inner.value('carried', state);
      const next = inner.binary('Mul', carried, scale);
      const body = inner.finish('inner', [count, proceed, carried], [inner.unary('Identity', proceed), next]);
      const twice = b.constant(tensor('int64', [], BigInt64Array.of(2n)));
      return b.emit('Loop', [twice, null, state], [state], { body: attribute.graph(body) })[0]!;
    });
    expect(await operatorsAfter(precomputeSteps, graph)).toBe('Loop[Gather Exp Loop[Mul Identity] Identity]');
  });
});
