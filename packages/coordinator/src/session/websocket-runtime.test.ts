import { deriveSeed, tensor } from '@starling/federated-core';
import { decodeLeaves, encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { encodeFrame } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import { answer, closeSession, open, plan, seed, statuses, sums, update } from '../testing/open-session.js';
import { joinAs, type ScriptedClient, scriptedClient } from '../testing/scripted-client.js';
import { namesOnly } from '../testing/sum-plan.js';
import { websocketRuntime } from './websocket-runtime.js';

describe('websocketRuntime', () => {
  test('`websocketRuntime` sums what the cohort sends when all answer', async () => {
    const { url, run, metrics } = await open();
    const running = run([0, 1, 2]);
    const clients = await Promise.all([0, 1, 2].map((index) => joinAs(url, `client-${index}`)));
    await Promise.all(clients.map((client, index) => answer(client, update(index + 1, 10 * index))));
    const outcome = await running;
    expect(sums(outcome)).toEqual([6, 30]); // 1 + 2 + 3, 0 + 10 + 20
    expect(statuses(outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(metrics.get('starling_updates_accepted_total')).toBe(3);
    expect(metrics.get('starling_clients')).toBe(3);
  });

  test('`websocketRuntime` sends each client the broadcast, its own seed and the body’s hash when it asks for work', async () => {
    const { url, run } = await open();
    const client = await joinAs(url, 'client-2');
    const running = run([2], 9);
    const work = await client.next('work');
    const body = work.body as Uint8Array;
    expect(decodeLeaves(body)).toMatchObject([{ dtype: 'float32', shape: [], data: Float32Array.of(3) }]);
    expect(work.control).toMatchObject({
      round: 9,
      phase: 0,
      seed: [...deriveSeed(seed, 'client', 'client-2')],
      broadcast: sha256Hex(body),
      received: 0,
    });
    client.sendUpdate(update(1, 1));
    await running;
  });

  test('`websocketRuntime` gives the plan’s manifest by its hash when a client wants it', async () => {
    const { url } = await open();
    const client = await scriptedClient(url);
    client.send('hello', { client: 'client-0' });
    await client.next('welcome');
    client.send('want', { blobs: [{ hash: plan.hash, from: 0 }] });
    const blob = await client.next('blob');
    expect(sha256Hex(blob.body as Uint8Array)).toBe(plan.hash);
  });

  test('`websocketRuntime` gives any free client when a client asks for no name, until none is left', async () => {
    const { url } = await open({}, 2);
    const first = await scriptedClient(url);
    first.send('hello', { client: null });
    expect((await first.next('welcome')).control).toMatchObject({ client: 'client-0' });
    await joinAs(url, 'client-1');
    const third = await scriptedClient(url);
    third.send('hello', { client: null });
    expect((await third.next('error')).control).toMatchObject({ code: 'no-free-client', returnMs: 0 }); // as the first
    expect(await third.closed).toBe(4403);
  });

  test.each([
    ['bad-body', new Uint8Array(40)],
    ['wrong-update', encodeLeaves([tensor('float32', [3], new Float32Array(3))])],
    ['wrong-update', encodeLeaves([])],
    ['non-finite-update', update(1, Number.NaN)],
    ['non-finite-update', update(Number.POSITIVE_INFINITY, 0)],
  ])('`websocketRuntime` rejects an update with %s and continues without it (%#)', async (code, body) => {
    const { url, run } = await open();
    const [bad, good] = await Promise.all([joinAs(url, 'client-0'), joinAs(url, 'client-1')]);
    const running = run([0, 1]);
    expect(await answer(bad, body)).toMatchObject({ status: 'rejected', code });
    expect(await answer(good, update(4, 5))).toMatchObject({ status: 'accepted' });
    const outcome = await running;
    expect(sums(outcome)).toEqual([4, 5]);
    expect(statuses(outcome)).toEqual([`rejected ${code}`, 'accepted']);
  });

  test('`websocketRuntime` ignores an update when it comes twice, unasked, or for another round', async () => {
    const { url, run } = await open();
    const [first, second, other] = await Promise.all(
      [0, 1, 2].map((index) => joinAs(url, `client-${index}`)),
    );
    const running = run([0, 1]);
    await answer(first!, update(1, 1));
    const refused = async (client: ScriptedClient, code: string) =>
      expect((await client.next('ack')).control).toMatchObject({ status: 'ignored', code });
    first!.sendUpdate(update(50, 50));
    await refused(first!, 'duplicate-update');
    other!.sendUpdate(update(50, 50), first!.asked);
    await refused(other!, 'not-in-cohort');
    await second!.next('work');
    second!.sendUpdate(update(50, 50), { run: 'another' });
    await refused(second!, 'other-run');
    second!.sendUpdate(update(50, 50), { round: 0 });
    await refused(second!, 'round-over');
    second!.sendUpdate(update(50, 50), { attempt: 2 });
    await refused(second!, 'other-attempt');
    second!.sendUpdate(update(50, 50), { broadcast: 'c'.repeat(64) });
    await refused(second!, 'other-work');
    second!.sendUpdate(update(2, 2));
    expect(sums(await running)).toEqual([3, 3]);
    expect((await second!.next('ack')).control).toMatchObject({ status: 'accepted' });
    // Between phases, too: the same again has the same answer, another run is another run, and others come too late.
    second!.sendUpdate(update(2, 2));
    expect((await second!.next('ack')).control).toMatchObject({ status: 'accepted' });
    second!.sendUpdate(update(2, 2), { run: 'another' });
    await refused(second!, 'other-run');
    other!.sendUpdate(update(2, 2), first!.asked);
    await refused(other!, 'round-over');
  });

  test('`websocketRuntime` drops who has not answered when the deadline passes', async () => {
    const { url, run } = await open({ deadlineMs: 1000 });
    const client = await joinAs(url, 'client-1');
    const running = run([0, 1]); // client-0 never joins
    await answer(client, update(1, 2));
    const outcome = await running;
    expect(statuses(outcome)).toEqual(['dropped deadline', 'accepted']);
    expect(sums(outcome)).toEqual([1, 2]);
  });

  test('`websocketRuntime` extends the deadline when too few have answered, until that is used up', async () => {
    const { url, run, metrics } = await open({ deadlineMs: 300, extendBelow: 2, maxExtensions: 2 });
    const client = await joinAs(url, 'client-1');
    const running = run([0, 1]);
    await answer(client, update(1, 2));
    expect(statuses(await running)).toEqual(['dropped deadline', 'accepted']);
    expect(metrics.get('starling_deadline_extensions_total')).toBe(2);
  });

  test('`websocketRuntime` takes the update of a client that was cut and came back before the deadline', async () => {
    const { url, run } = await open();
    const before = await joinAs(url, 'client-0');
    const running = run([0]);
    await before.next('work');
    before.socket.terminate();
    const after = await joinAs(url, 'client-0');
    await answer(after, update(8, 9));
    expect(sums(await running)).toEqual([8, 9]);
  });

  test('`websocketRuntime` continues with an update where a cut left it', async () => {
    const { url, run } = await open();
    const before = await joinAs(url, 'client-0');
    const running = run([0]);
    await before.next('work');
    const body = update(8, 9);
    const half = 16;
    const control = new TextEncoder().encode(JSON.stringify(before.asked));
    before.sendRaw(
      encodeFrame({ type: 'update', control, stream: 1, total: body.length, part: body.subarray(0, half) }),
    );
    before.socket.close();
    await before.closed;
    const after = await joinAs(url, 'client-0');
    expect((await after.next('work')).control).toMatchObject({ received: half });
    after.sendRaw(
      encodeFrame({
        type: 'update',
        control,
        stream: 1,
        offset: half,
        total: body.length,
        part: body.subarray(half),
      }),
    );
    expect((await after.next('ack')).control).toMatchObject({ status: 'accepted' });
    expect(sums(await running)).toEqual([8, 9]);
  });

  test('`websocketRuntime` leaves out a broadcast when the client says that it holds it', async () => {
    const { url, run } = await open();
    const before = await joinAs(url, 'client-0');
    const running = run([0]);
    const { control, body } = await before.next('work');
    before.socket.terminate();
    const after = await scriptedClient(url);
    after.send('hello', { client: 'client-0' });
    await after.next('welcome');
    const { broadcast } = control as { broadcast: string };
    const length = (body as Uint8Array).length;
    after.socket.removeAllListeners('message');
    const frame = new Promise<Buffer>((resolve) =>
      after.socket.once('message', (data) => resolve(data as Buffer)),
    );
    after.send('ready', { plan: plan.hash, partial: { hash: broadcast, from: length } });
    const head = await frame;
    expect(head.readUInt32LE(20)).toBe(length); // offset: nothing is left to send
    expect(head.readUInt32LE(12)).toBe(0);
    after.sendUpdate(update(1, 1), before.asked);
    await running;
  });

  test('`websocketRuntime` drops a client at once when it says that its work failed or that it leaves', async () => {
    const { url, run } = await open();
    const [failing, leaving] = await Promise.all([joinAs(url, 'client-0'), joinAs(url, 'client-1')]);
    const running = run([0, 1]);
    await failing!.next('work');
    failing!.send('failed', { ...failing!.asked, code: 'load-failed', reason: 'the disk is gone' });
    await leaving!.next('work');
    leaving!.send('leave', { code: 'closed', reason: 'good night' });
    await leaving!.next('bye');
    expect(statuses(await running)).toEqual(['dropped load-failed', 'dropped left']);
  });

  test('`websocketRuntime` takes reports as fast as they come when it asked for them', async () => {
    const { url, run } = await open();
    const client = await joinAs(url, 'client-0');
    for (let round = 1; round <= 400; round++) {
      const running = run([0], round);
      expect(await answer(client, update(round, 0))).toMatchObject({ status: 'accepted' });
      await running;
    }
  });

  test('`websocketRuntime` turns away who holds data of another type, and takes who holds the plan’s', async () => {
    const { url } = await open();
    const stranger = await scriptedClient(url);
    stranger.send('hello', { client: 'client-0', dataType: '<x=float32[3]>' });
    expect((await stranger.next('error')).control).toMatchObject({ code: 'type-mismatch' });
    const friend = await scriptedClient(url);
    friend.send('hello', { client: 'client-0', dataType: '<x=float32[2]>' });
    await friend.next('welcome');
  });

  test('`websocketRuntime` seats the newest socket of a client that proves to be the same one', async () => {
    const { url, run } = await open();
    const old = await joinAs(url, 'client-0');
    const thief = await scriptedClient(url);
    thief.send('hello', { client: 'client-0' });
    expect((await thief.next('error')).control).toMatchObject({ code: 'name-taken' });
    expect(await thief.closed).toBe(4409);
    expect(old.socket.readyState).toBe(old.socket.OPEN);
    const young = await joinAs(url, 'client-0', old.proof);
    expect((await old.next('error')).control).toMatchObject({ code: 'replaced' });
    expect(await old.closed).toBe(4409);
    const running = run([0]);
    await answer(young, update(1, 2));
    expect(sums(await running)).toEqual([1, 2]);
  });

  test('`websocketRuntime` turns away who lacks the token, and takes who knows it', async () => {
    const { url } = await open({ token: 'murmuration' });
    const stranger = await scriptedClient(url);
    stranger.send('hello', { client: 'client-0', token: 'starling' });
    expect((await stranger.next('error')).control).toMatchObject({ code: 'unauthorized' });
    expect(await stranger.closed).toBe(4401);
    const friend = await scriptedClient(url);
    friend.send('hello', { client: 'client-0', token: 'murmuration' });
    await friend.next('welcome');
  });

  test('`websocketRuntime` ends a socket when it does not greet', async () => {
    const { url } = await open({ handshakeMs: 80 });
    const mute = await scriptedClient(url);
    expect((await mute.next('error')).control).toMatchObject({ code: 'handshake-timeout' });
    expect(await mute.closed).toBe(4408);
  });

  test('`websocketRuntime` ends a socket when it does not answer pings', async () => {
    const { url } = await open({ heartbeatMs: 100 });
    const frozen = await joinAs(url, 'client-0');
    frozen.socket.pause(); // its kernel still acknowledges bytes, the client itself does nothing
    await new Promise((resolve) => setTimeout(resolve, 800));
    frozen.socket.resume();
    expect((await frozen.next('error')).control).toMatchObject({ code: 'heartbeat-timeout' });
  });

  test('`websocketRuntime` serves health, readiness and metrics when asked over HTTP', async () => {
    const { url } = await open({ minClients: 1 });
    const http = url.replace('ws', 'http');
    expect((await fetch(`${http}/healthz`)).status).toBe(200);
    expect((await fetch(`${http}/readyz`)).status).toBe(503);
    const client = await joinAs(url, 'client-0');
    client.send('want', { blobs: [{ hash: plan.hash, from: 0 }] });
    await client.next('blob'); // so `ready` was handled before
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    const page = await (await fetch(`${http}/metrics`)).text();
    expect(page).toContain('\nstarling_clients 1\n');
    expect((await fetch(`${http}/nothing`)).status).toBe(404);
    expect((await fetch(`${http}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('`websocketRuntime` says so when its port is taken', async () => {
    const { url } = await open();
    const port = Number(new URL(url).port);
    const second = websocketRuntime({ port }).open(plan, namesOnly(1));
    await expect(second).rejects.toMatchObject({ code: 'cannot-listen' });
  });

  test('`websocketRuntime` says goodbye when its session is closed', async () => {
    const { url } = await open();
    const client = await joinAs(url, 'client-0');
    await closeSession();
    await client.next('bye');
    expect(await client.closed).toBe(1000);
  });
});
