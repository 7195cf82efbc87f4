// A session on a free port with the sum plan, and what tests ask of it. It is closed after each test.
import { seedFrom, tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import type { RuntimeSession } from '@starling/runtime';
import type { PhaseOutcome, PhaseRequest, WorkOutcome, WorkRequest } from '@starling/runtime/phases';
import { afterEach } from 'vitest';
import { createServerMetrics, type ServerMetrics } from '../server/server-metrics.js';
import type { WebSocketRuntimeOptions } from '../session/session-options.js';
import { websocketRuntime } from '../session/websocket-runtime.js';
import type { ScriptedClient } from './scripted-client.js';
import { namesOnly, sumPlan } from './sum-plan.js';

export const plan = sumPlan();
export const seed = seedFrom(7);
const factorOf = (version: number) => tensor('float32', [], Float32Array.of(3 + version));
const factor = factorOf(0);
/** The body of an update. */
export const update = (a: number, b: number) => encodeLeaves([tensor('float32', [2], Float32Array.of(a, b))]);

let session: RuntimeSession | null = null;

export async function closeSession(): Promise<void> {
  await session?.close();
  session = null;
}
afterEach(closeSession);

export interface Opened {
  readonly url: string;
  readonly metrics: ServerMetrics;
  run(cohort: readonly number[], round?: number, more?: Partial<PhaseRequest>): Promise<PhaseOutcome>;
  /** Has one client work by itself, on a version of its own. */
  work(client: number, version: number, more?: Partial<WorkRequest>): Promise<WorkOutcome>;
  /** Says that the round is committed, or given up. */
  settle(round: number, counted: boolean, clients?: readonly string[]): void;
}

export async function open(options: WebSocketRuntimeOptions = {}, size = 4): Promise<Opened> {
  const metrics = options.server?.metrics ?? createServerMetrics();
  let url = '';
  const onListen = (server: { readonly url: string }) => {
    url = server.url;
  };
  session = await websocketRuntime({ metrics, deadlineMs: 5000, ...options, onListen }).open(
    plan,
    namesOnly(size),
  );
  const opened = session;
  return {
    url,
    metrics,
    run: (cohort, round = 1, more = {}) =>
      opened.runPhase({ round, phase: 0, seed, cohort, broadcast: [factor], ...more }),
    work: (client, version, more = {}) =>
      opened.work!({
        round: version + 1,
        phase: 0,
        seed,
        client,
        version,
        broadcast: [factorOf(version)],
        ...more,
      }),
    settle: (round, counted, clients) =>
      opened.settled!({ run: '', round, attempt: 1, counted, ...(clients !== undefined && { clients }) }),
  };
}

/** Answers one piece of work; gives the acknowledgement. */
export async function answer(client: ScriptedClient, body: Uint8Array): Promise<unknown> {
  await client.next('work');
  client.sendUpdate(body);
  return (await client.next('ack')).control;
}

export const sums = ({ accumulators }: PhaseOutcome) => Array.from(accumulators[0]![0]!.data as Float64Array);
export const statuses = ({ reports }: PhaseOutcome) =>
  reports.map((report) => (report.status === 'accepted' ? 'accepted' : `${report.status} ${report.code}`));
