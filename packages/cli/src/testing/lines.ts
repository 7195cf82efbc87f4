// Lines of a record for tests of what shows them.
import type { RecordLine, RoundLine } from '@starling/runtime/events';

export const runLine: Extract<RecordLine, { readonly type: 'run' }> = {
  type: 'run',
  format: 1,
  id: '0123456789abcdef',
  federation: '<mnist>',
  description: 'digits & more',
  headline: null,
  rounds: 2,
  from: 0,
  seed: 7,
  settings: { cohort: 10 },
  plan: 'a'.repeat(64),
  initialize: null,
  evaluation: null,
  best: null,
  sampler: 'uniform',
  population: { name: 'mnist', size: 100, fingerprint: null },
  runtime: 'threads',
  workers: 2,
  engine: { server: 'onnx', clients: 'onnx' },
  versions: {
    starling: '0.1.0',
    planFormat: 1,
    node: '20.0.0',
    engine: 'onnxruntime-node 1.0.0 (cpu, 1 thread)',
  },
  startedAt: '2026-01-01T00:00:00.000Z',
};

export const roundLine: RoundLine = {
  type: 'round',
  round: 1,
  metrics: { loss: 1 },
  cohort: 10,
  accepted: 10,
  rejected: 0,
  dropped: 0,
  lost: [],
  wallMs: 100,
};

export const doneLine: Extract<RecordLine, { readonly type: 'done' }> = {
  type: 'done',
  rounds: 2,
  failedRounds: 0,
  stateHash: 'c'.repeat(64),
  interrupted: false,
  stopped: null,
  best: null,
  wallMs: 250,
};
