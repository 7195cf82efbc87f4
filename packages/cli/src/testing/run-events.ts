// What a run tells, for tests of what shows it: a start, a round in which a client is missing, a failed one, the end.
import type { LostClients, RoundLine, RunStart, RunSummary } from '@starling/runtime/events';
import { roundLine } from './lines.js';

export const start: RunStart = {
  federation: 'mnist',
  description: 'digits',
  runtime: 'threads',
  workers: 2,
  rounds: 20,
  seed: 1,
  population: 100,
  settings: {},
  headline: null,
  evaluation: null,
  bestBy: null,
};
const missing: LostClients = {
  status: 'dropped',
  code: 'load-failed',
  phase: 0,
  reason: 'no file',
  count: 1,
  clients: ['client-4'],
};
export const round: RoundLine = {
  ...roundLine,
  round: 3,
  metrics: { loss: 0.25 },
  accepted: 9,
  dropped: 1,
  lost: [missing],
  wallMs: 500,
};
export const failedRound = {
  ...round,
  type: 'failed-round',
  attempt: 1,
  code: 'too-few-reports',
  message: 'Cannot finish round 3: need 10 reports, got 9 of 10\n    1 dropped',
} as const;
export const summary: RunSummary = {
  start,
  rounds: 20,
  failedRounds: 0,
  metrics: { loss: 0.125 },
  stateHash: 'ab12',
  wallMs: 4100.00049,
  interrupted: false,
  stopped: null,
  best: null,
  constraints: null,
};
