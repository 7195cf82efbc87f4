// What clients hear of their reports after `ack`: whether the round is committed, and whether their own update counts.
import type { Control } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import { createCoordinatorServer } from '../server/coordinator-server.js';
import { answer, closeSession, type Opened, open, update } from '../testing/open-session.js';
import { joinAs, type ScriptedClient, scriptedClient } from '../testing/scripted-client.js';

/** Says `hello` as one that waits for word of an attempt. */
async function comeBack(url: string, client: string, { run, round, attempt }: Control<'update'>) {
  const scripted = await scriptedClient(url);
  scripted.send('hello', { client, run, awaits: { run, round, attempt } });
  return scripted;
}
const commitTo = async (client: ScriptedClient) => (await client.next('commit')).control;

/** A phase to which `clients` report 1, 2, …; gives where. */
async function runPhase({ run }: Opened, round: number, clients: readonly ScriptedClient[]) {
  const running = run(
    clients.map((_, index) => index),
    round,
  );
  for (const [index, client] of clients.entries()) await answer(client, update(index + 1, 0));
  await running;
  return clients[0]!.asked;
}

describe('websocketRuntime, after `ack`', () => {
  test('`websocketRuntime` tells who has reported when the round is committed, and whether its update counts', async () => {
    const { url, run, settle } = await open();
    const [good, bad, none] = await Promise.all([0, 1, 2].map((index) => joinAs(url, `client-${index}`)));
    const running = run([0, 1], 4);
    await answer(good!, update(1, 2));
    await answer(bad!, update(Number.NaN, 0));
    await running;
    const { run: name } = good!.asked;
    const of = { run: name, round: 4, attempt: 1 };
    expect(name).toMatch(/^plan-[0-9a-f]{16}$/);
    expect(good!.heard()).toEqual([]); // nothing but `ack` before the round loop says so
    settle(4, true);
    expect(await commitTo(good!)).toEqual({ ...of, status: 'committed', counted: [0] });
    expect(await commitTo(bad!)).toEqual({ ...of, status: 'committed', counted: [] });
    expect(none!.heard()).toEqual([]);
  });

  test('`websocketRuntime` tells who has reported when the attempt was given up', async () => {
    const opened = await open();
    const client = await joinAs(opened.url, 'client-0');
    const { run, round, attempt } = await runPhase(opened, 1, [client]);
    opened.settle(1, false);
    expect(await commitTo(client)).toEqual({ run, round, attempt, status: 'abandoned', counted: [] });
  });

  test('`websocketRuntime` tells who was cut off between `ack` and `commit` when it is back', async () => {
    const opened = await open();
    const client = await joinAs(opened.url, 'client-0');
    const asked = await runPhase(opened, 1, [client]);
    client.socket.terminate();
    const early = await comeBack(opened.url, 'client-0', asked);
    await early.next('welcome'); // nothing is known yet
    early.socket.terminate();
    await expect.poll(() => opened.metrics.get('starling_sockets')).toBe(0);
    opened.settle(1, true);
    const late = await comeBack(opened.url, 'client-0', asked);
    expect(await commitTo(late)).toMatchObject({ round: 1, status: 'committed', counted: [0] });
    await late.next('welcome');
  });

  test('`websocketRuntime` tells who is back before the commit, and asks nothing of it meanwhile', async () => {
    const opened = await open();
    const client = await joinAs(opened.url, 'client-0');
    const asked = await runPhase(opened, 1, [client]);
    client.socket.terminate();
    const back = await comeBack(opened.url, 'client-0', asked);
    await back.next('welcome');
    opened.settle(1, true);
    expect(await commitTo(back)).toMatchObject({ status: 'committed', counted: [0] });
  });

  test('`websocketRuntime` says that it does not know when it has never heard of the attempt', async () => {
    const { url } = await open();
    const at = { run: 'of an earlier process', round: 7, attempt: 1 };
    const client = await comeBack(url, 'client-0', { ...at, phase: 0, broadcast: '' });
    expect(await commitTo(client)).toEqual({ ...at, status: 'unknown', counted: [] });
    await client.next('welcome');
  });

  test('`websocketRuntime` says goodbye to a late client of a run that is over, whatever runs now', async () => {
    const server = await createCoordinatorServer();
    const first = await open({ server });
    const client = await joinAs(first.url, 'client-0');
    const asked = await runPhase(first, 1, [client]);
    client.socket.terminate();
    first.settle(1, true);
    await closeSession();
    for (const between of [true, false]) {
      if (!between) await open({ server });
      const late = await comeBack(server.url, 'client-0', asked);
      expect(await commitTo(late)).toMatchObject({ status: 'committed', counted: [0] });
      await late.next('bye');
      expect(await late.closed).toBe(1000);
    }
    await joinAs(server.url, 'client-0'); // one that was not part of it takes part in the next
    await closeSession();
    await server.close();
  });

  test('`websocketRuntime` waits a little for a client that was cut off when the run ends, and says goodbye', async () => {
    const opened = await open();
    const client = await joinAs(opened.url, 'client-0');
    const asked = await runPhase(opened, 1, [client]);
    opened.settle(1, true);
    client.socket.terminate();
    const closing = closeSession();
    const late = await comeBack(opened.url, 'client-0', asked);
    await commitTo(late);
    await late.next('bye');
    await closing;
    await expect(fetch(opened.url.replace('ws', 'http'))).rejects.toThrow(); // its server is gone
  });
});
