import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import type { OnnxGraph } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { totalsOutside } from './totals-outside.js';

/**
 * A Loop of three steps with a state and a total of rows [3, 2]: to which each step adds its row, or what its state
 * decides.
 */
const loopWithTotal = (of: 'row' | 'state'): OnnxGraph =>
  graphOf([[2], [2], [3, 2]], (builder, [x, start, rows]) => {
    const b = builder.subgraph();
    const step = b.value('step', { dtype: 'int64', shape: [] });
    const proceed = b.value('proceed', { dtype: 'bool', shape: [] });
    const state = b.value('state', x!);
    const total = b.value('state', x!);
    const row = b.gather(rows!, step, 0);
    const added = of === 'row' ? row : b.unary('Neg', state);
    const outputs = [b.unary('Identity', proceed), b.unary('Tanh', state), b.binary('Add', total, added)];
    const body = b.finish('body', [step, proceed, state, total], outputs);
    const steps = builder.constant(tensor('int64', [], BigInt64Array.of(3n)));
    return builder.emit('Loop', [steps, null, x!, start!], [x!, x!], { body: attribute.graph(body) });
  });

describe('totalsOutside', () => {
  test('sums rows that are known for all steps after the Loop', async () => {
    const graph = loopWithTotal('row');
    expect(await operatorsAfter(totalsOutside, graph)).toBe(
      'Loop[Identity Tanh] Cast ReduceSum Cast Add Cast',
    );
  });

  test('leaves a total of what the state decides', async () => {
    const graph = loopWithTotal('state');
    expect(await operatorsAfter(totalsOutside, graph)).toBe('Loop[Neg Identity Tanh Add]');
  });
});
