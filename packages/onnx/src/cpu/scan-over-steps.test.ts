import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxGraph, OnnxValue } from '../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../testing/pass-check.js';
import { scanOverSteps } from './scan-over-steps.js';

type Step = (b: GraphBuilder, state: OnnxValue, row: OnnxValue, step: OnnxValue) => OnnxValue;

/** A Loop from a state [2] over the rows of a table [3, 2]; as many steps as the table has rows, or 3. */
const loopOver = (take: Step, count: 'rows' | 'constant' = 'rows'): OnnxGraph =>
  graphOf([[2], [3, 2]], (builder, [start, table]) => {
    const b = builder.subgraph();
    const step = b.value('step', { dtype: 'int64', shape: [] });
    const proceed = b.value('proceed', { dtype: 'bool', shape: [] });
    const state = b.value('state', start!);
    const next = take(b, state, b.gather(table!, step, 0), step);
    const body = b.finish('body', [step, proceed, state], [b.unary('Identity', proceed), next]);
    const range = { start: attribute.int(0), end: attribute.int(1) };
    const rows = builder.emitOne('Shape', [table!], { dtype: 'int64', shape: [1] }, range);
    const three = builder.constant(tensor('int64', [], BigInt64Array.of(3n)));
    const steps = count === 'rows' ? builder.reshape(rows, []) : three;
    return builder.emit('Loop', [steps, null, start!], [start!], { body: attribute.graph(body) });
  });

describe('scanOverSteps', () => {
  test('walks the rows that a Loop gathers', async () => {
    const graph = loopOver((b, state, row) => b.unary('Tanh', b.binary('Add', state, row)));
    expect(await operatorsAfter(scanOverSteps, graph)).toBe('Scan[Add Tanh]');
  });

  test('leaves a Loop that reads the number of its step', async () => {
    const graph = loopOver((b, state, row, step) =>
      b.binary('Add', b.binary('Mul', state, row), b.cast(step, 'float32')),
    );
    expect(await operatorsAfter(scanOverSteps, graph)).toBe(
      'Shape Reshape Loop[Gather Mul Cast Add Identity]',
    );
  });

  test('leaves a Loop whose number of steps is not that of rows', async () => {
    const counted = loopOver((b, state, row) => b.binary('Add', state, row), 'constant');
    expect(await operatorsAfter(scanOverSteps, counted)).toBe('Loop[Gather Add Identity]');
  });
});
