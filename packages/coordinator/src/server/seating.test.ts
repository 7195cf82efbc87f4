// Several runs on one server, over real sockets: who gets a seat where, and how much a client is asked for at once.
import { seedFrom, tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import { WireError } from '@starling/wire';
import { afterEach, describe, expect, test } from 'vitest';
import { offerPlan } from '../bodies/plan-offer.js';
import { createStreamIds } from '../bodies/shared-body.js';
import { websocketRuntime } from '../session/websocket-runtime.js';
import { scriptedClient } from '../testing/scripted-client.js';
import { namesOnly, sumPlan } from '../testing/sum-plan.js';
import {
  type CoordinatorServer,
  type CoordinatorServerOptions,
  createCoordinatorServer,
} from './coordinator-server.js';
import type { SessionHosting } from './hosted-session.js';

/** What is waited for comes at once, unless the machine is busy. */
const PATIENCE = { timeout: 30_000 };

const session: SessionHosting = {
  offer: offerPlan(sumPlan(), createStreamIds()),
  population: namesOnly(2),
  checkDataType: (type) => {
    if (type !== 'float32') return;
    throw new WireError('type-mismatch', 'Cannot run the plan: need a struct');
  },
  minClients: 1,
  reserveMs: 1000,
};

let server: CoordinatorServer | null = null;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await server?.close();
  server = null;
});

async function listen(options: CoordinatorServerOptions = {}): Promise<CoordinatorServer> {
  server = await createCoordinatorServer({ awaitsRuns: true, ...options });
  return server;
}
function host(run: string, more: Partial<SessionHosting> = {}) {
  const hosted = server!.host({ ...session, run, ...more });
  closers.push(() => hosted.close(false));
  return hosted;
}

/** Says hello; gives the run of the `welcome`, or the code of the `error`. */
async function ask(hello: object): Promise<string | null> {
  return (await greet(hello)).answer;
}
async function greet(hello: object) {
  const client = await scriptedClient(server!.url);
  client.send('hello', { client: null, ...hello });
  await expect.poll(() => client.heard().length, PATIENCE).toBe(1);
  const [said] = client.heard();
  const { run, code } = said!.control as { readonly run?: string; readonly code?: string };
  return { client, answer: said!.type === 'bye' ? 'bye' : (run ?? code ?? null) };
}

describe('seats of several runs', () => {
  test('`seatFor` gives the run that is asked for, or the first that waits for clients', async () => {
    await listen();
    host('a');
    host('b');
    expect(await ask({ client: 'client-0' })).toBe('a');
    expect(await ask({ client: 'client-0', wants: 'b' })).toBe('b');
    expect(await ask({ client: 'client-1', apart: ['a'] })).toBe('b');
    expect(await ask({ client: 'client-1', run: 'a' })).toBe('a'); // it was there before
    expect(await ask({ wants: 'c' })).toBe('unknown-run');
  });

  test('`seatFor` looks on where a run has no place for the client', async () => {
    await listen();
    host('a');
    host('b', { population: { ...namesOnly(1), clientId: () => 'mote-0' } });
    expect(await ask({ client: 'mote-0' })).toBe('b');
    expect(await ask({ client: 'client-0', wants: 'b' })).toBe('unknown-client');
    expect(await ask({ client: 'client-0' })).toBe('a');
    expect(await ask({ client: 'client-0' })).toBe('name-taken'); // for a reason that passes
    expect(await ask({ client: 'nobody' })).toBe('no-run');
    expect(await ask({ client: 'client-1', dataType: 'float32' })).toBe('no-run');
    expect(await ask({ client: 'client-1', apart: ['a', 'b'] })).toBe('no-run');
  });

  test('`seatFor` has those wait who come before any run, and says for good when a run is over', async () => {
    await listen();
    expect(await ask({})).toBe('no-run');
    const hosted = host('a');
    expect(await ask({ client: 'client-0' })).toBe('a');
    await hosted.close(true);
    server!.finished('a');
    expect(await ask({ client: 'client-0', run: 'a' })).toBe('bye');
    expect(await ask({ client: 'client-0', wants: 'a' })).toBe('bye');
    expect(await ask({ client: 'client-0' })).toBe('no-run');
  });

  test('`seatFor` has those wait whose run is to come, and gives them no other', async () => {
    await listen({ expectsRun: (run) => run === 'b' });
    host('a');
    expect(await ask({ client: 'client-0', wants: 'b' })).toBe('no-run');
    expect(await ask({ client: 'client-0', run: 'b' })).toBe('no-run');
    expect(await ask({ client: 'client-0', run: 'c' })).toBe('a'); // nobody knows it any more
    host('b');
    expect(await ask({ client: 'client-1', run: 'b' })).toBe('b');
  });

  test('`seatFor` turns away for good where no more runs come', async () => {
    await listen({ awaitsRuns: false });
    host('a');
    expect(await ask({ client: 'nobody' })).toBe('unknown-client');
    expect(await ask({ client: 'client-0', dataType: 'float32' })).toBe('type-mismatch');
  });
});

describe('tasks of several runs', () => {
  const seed = seedFrom(7);
  const update = encodeLeaves([tensor('float32', [2], Float32Array.of(1, 2))]);
  const broadcast = [tensor('float32', [], Float32Array.of(3))];

  async function open(runName: string) {
    const opened = await websocketRuntime({ server: server!, runName, deadlineMs: 60_000 }).open(
      sumPlan(),
      namesOnly(2),
    );
    closers.push(() => opened.close());
    return (cohort: readonly number[]) =>
      opened.runPhase({ run: runName, round: 1, phase: 0, seed, cohort, broadcast });
  }
  async function join(wants: string, device: string | null, tasks = 1) {
    const client = await scriptedClient(server!.url);
    client.send('hello', { client: 'client-0', wants, device, tasks });
    const { control } = await client.next('welcome');
    client.send('ready', { plan: control.plan.hash });
    return client;
  }

  test('a client that works for one run is asked by another once it has reported', async () => {
    await listen();
    const [runA, runB] = [await open('a'), await open('b')];
    const [a, b] = [await join('a', 'one'), await join('b', 'one')];
    const first = runA([0]);
    await expect.poll(() => a.heard().length, PATIENCE).toBe(1);
    const second = runB([0]);
    // What is sent to b after an answer to its message comes after `work` that was on its way: there is none.
    b.send('want', { blobs: [{ hash: session.offer.hash }] });
    await b.next('blob');
    expect(b.heard()).toEqual([]);
    await a.next('work');
    a.sendUpdate(update);
    await b.next('work');
    b.sendUpdate(update);
    const sums = (await Promise.all([first, second])).map(({ accumulators }) => [
      ...accumulators[0]![0]!.data,
    ]);
    expect(sums).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('a client that goes, or is on another device, holds no other run back', async () => {
    await listen();
    const [runA, runB] = [await open('a'), await open('b')];
    const [a, b] = [await join('a', 'one'), await join('b', 'one')];
    const first = runA([0]);
    await a.next('work');
    const second = runB([0]);
    a.send('leave', { code: 'closed', reason: '' });
    await b.next('work');
    expect((await first).reports).toMatchObject([{ status: 'dropped', code: 'left' }]);
    b.sendUpdate(update);
    expect((await second).reports).toMatchObject([{ status: 'accepted' }]);
  });

  test.each<[string, string | null, number]>([
    ['says so', 'one', 2],
    ['is of another device', 'two', 1],
    ['says no device', null, 1],
  ])('a client that %s works for two runs at once', async (_, device, tasks) => {
    await listen();
    const [runA, runB] = [await open('a'), await open('b')];
    const [a, b] = [await join('a', 'one', tasks), await join('b', device, tasks)];
    const running = [runA([0]), runB([0])];
    await Promise.all([a.next('work'), b.next('work')]);
    b.sendUpdate(update);
    expect((await running[1])!.reports).toMatchObject([{ status: 'accepted' }]); // whatever becomes of the other
    a.sendUpdate(update);
    await running[0];
  });
});
