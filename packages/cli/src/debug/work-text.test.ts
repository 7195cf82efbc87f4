import { type Tensor, tensor } from '@starling/federated-core';
import type { PhaseReplay } from '@starling/runtime/replay';
import { describe, expect, test } from 'vitest';
import { formatWork } from './work-text.js';

const floats = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values));
const accepted = { client: 'ann', status: 'accepted' } as const;
const phase = (sent: Tensor, replayed: Tensor): PhaseReplay => ({
  phase: 0,
  leaves: [{ path: 'kernel', intrinsic: 'federatedMean' }],
  sent: { report: accepted, update: [sent], error: null },
  replayed: { report: accepted, update: [replayed], error: null },
});

describe('formatWork', () => {
  test('`formatWork` shows both sides leaf by leaf', () => {
    const { text, agrees } = formatWork(phase(floats(3, 4), floats(3, 4)), 'onnx');
    expect(agrees).toBe(true);
    expect(text.split('\n')).toEqual([
      'on onnx: its update is accepted',
      'as written: its update is accepted',
      'leaf    for            norm  as written  largest difference',
      '──────  ─────────────  ────  ──────────  ──────────────────',
      'kernel  federatedMean     5           5                   0',
      'both agree, within the tolerance of engines',
    ]);
  });

  test('`formatWork` marks the leaves that differ', () => {
    const { text, agrees } = formatWork(phase(floats(3, 4), floats(3, 4.5)), 'onnx');
    expect(agrees).toBe(false);
    expect(text).toMatch(/kernel {2}.* 0\.5 {2}differs\n1 of 1 leaves differ/);
  });

  test('`formatWork` says why there is no update', () => {
    const report = { client: 'ann', status: 'dropped', code: 'load-failed', reason: 'no disk' } as const;
    const lost = { report, update: null, error: null };
    const { text, agrees } = formatWork({ phase: 0, leaves: [], sent: lost, replayed: lost }, 'onnx');
    expect(agrees).toBe(true);
    expect(text).toBe(
      'on onnx: no update comes (load-failed): no disk\nas written: no update comes (load-failed): no disk',
    );
  });
});
