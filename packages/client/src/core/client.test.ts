import { float32, struct, tensor } from '@starling/federated-core';
import { decodeLeaves } from '@starling/plan/safetensors';
import { encodeBodyMessage } from '@starling/wire';
import { describe, expect, test, vi } from 'vitest';
import {
  admit,
  broadcast,
  client,
  coordinator,
  engine,
  hash,
  manifest,
  start,
  teach,
  welcome,
  work,
} from '../testing/echo-plan.js';
import { createClientOn } from './client.js';
import type { ClientAck, ClientCommit } from './client-options.js';
import { createPlanCache } from './plan-cache.js';

describe('createClientOn', () => {
  test('`createClientOn` joins, fetches the plan once, works and ends when the coordinator says goodbye', async () => {
    const line = await start({ token: 'murmuration' });
    const hello = await admit(line);
    expect(hello.control).toMatchObject({ client: 'mote-1', dataType: '<x=float32>', token: 'murmuration' });
    expect((await teach(line)).control).toMatchObject({ plan: hash, partial: null });
    line.sayBody('work', { ...work, attempt: 2 }, broadcast);
    const update = await line.next('update');
    const of = { run: 'one', round: 3, attempt: 2, phase: 0 };
    expect(update.control).toEqual({ ...of, broadcast: work.broadcast });
    const [sent, own] = decodeLeaves(update.body as Uint8Array);
    expect(sent?.data[99]).toBe(99);
    expect(own?.data[0]).toBe(7);
    line.say('ack', { ...of, status: 'accepted' });
    const { phase: _, ...attempt } = of;
    line.say('commit', { ...attempt, status: 'committed', counted: [0] });
    line.say('bye', { reason: 'the run is over' });
    line.cut();
    expect(await client.finished).toMatchObject({
      client: 'mote-1',
      end: 'finished',
      accepted: 1,
      reconnects: 0,
    });
  });

  test('`createClientOn` comes back after a cut, under its name, with plan, broadcast and update kept', async () => {
    let loads = 0;
    const load = () => {
      loads++;
      return { x: tensor('float32', [], Float32Array.of(7)) };
    };
    const first = await start({ clientId: null, load });
    expect((await admit(first, 'mote-9')).control).toMatchObject({ client: null });
    await teach(first);
    first.sayBody('work', work, broadcast);
    const update = await first.next('update');
    first.cut();
    const second = await coordinator.accept();
    expect((await admit(second, 'mote-9')).control).toMatchObject({ client: 'mote-9' });
    // No `want`: the plan is here; and all of the broadcast is.
    expect((await second.next('ready')).control).toMatchObject({
      partial: { hash: work.broadcast, from: broadcast.length },
    });
    second.sayBody('work', work, broadcast, broadcast.length);
    expect((await second.next('update')).body).toEqual(update.body); // all of it: `received` is 0
    expect(loads).toBe(1); // the update was computed once
    expect(client.counts.reconnects).toBe(1);
  });

  test('`createClientOn` counts updates once they count, and tells of both', async () => {
    const told: unknown[] = [];
    const onAck = ({ round, phase, status }: ClientAck) => void told.push(`ack ${round} ${phase} ${status}`);
    const onCommit = ({ round, status, counted }: ClientCommit) => {
      told.push(`commit ${round} ${status} ${counted}`);
      throw new Error('a listener that throws ends nothing');
    };
    const line = await start({ onAck, onCommit });
    await admit(line);
    await teach(line);
    const report = async (round: number) => {
      line.sayBody('work', { ...work, round }, broadcast);
      const { broadcast: _, ...of } = (await line.next('update')).control;
      return of;
    };
    const first = await report(1);
    line.say('ack', { ...first, status: 'accepted' });
    line.say('commit', { run: 'one', round: 1, attempt: 1, status: 'committed', counted: [0] });
    line.say('commit', { run: 'one', round: 1, attempt: 1, status: 'committed', counted: [0] }); // counts once
    const second = await report(2);
    expect(client.counts).toMatchObject({ accepted: 1, abandoned: 0, unknown: 0 });
    line.say('ack', { ...second, status: 'accepted' });
    line.say('commit', { run: 'one', round: 2, attempt: 1, status: 'abandoned', counted: [] });
    line.say('ack', { ...(await report(3)), status: 'accepted' }); // and of this nothing more is heard
    line.say('ack', { ...(await report(4)), status: 'rejected', code: 'out-of-range', reason: 'no' });
    line.say('bye', { reason: 'the run is over' });
    line.cut();
    expect(await client.finished).toMatchObject({ accepted: 1, abandoned: 1, unknown: 1, rejected: 1 });
    expect(told).toEqual([
      'ack 1 0 accepted',
      'commit 1 committed 0',
      'ack 2 0 accepted',
      'commit 2 abandoned ',
      'ack 3 0 accepted',
      'ack 4 0 rejected',
    ]);
  });

  test('`createClientOn` asks for the commit that it missed when it comes back, and hears it before all else', async () => {
    const first = await start();
    expect((await admit(first)).control).toMatchObject({ run: null, awaits: null });
    await teach(first);
    first.sayBody('work', work, broadcast);
    await first.next('update');
    first.cut(); // before the acknowledgement
    const second = await coordinator.accept();
    const at = { run: 'one', round: 3, attempt: 1 };
    expect((await second.next('hello')).control).toMatchObject({ run: 'one', awaits: at });
    second.say('commit', { ...at, status: 'committed', counted: [0] });
    second.say('welcome', welcome('mote-1'));
    await second.next('ready');
    expect(client.counts.accepted).toBe(1);
    second.cut();
    expect((await admit(await coordinator.accept())).control).toMatchObject({ run: 'one', awaits: null });
  });

  test('`createClientOn` continues with a plan and a broadcast where cuts left them', async () => {
    const first = await start();
    await admit(first);
    await first.next('want');
    const blobFrames = encodeBodyMessage('blob', { hash }, manifest, { stream: 1, chunkBytes: 64 });
    for (const frame of blobFrames.slice(0, 3)) first.sayRaw(frame);
    await new Promise((resolve) => setTimeout(resolve, 5));
    first.cut();

    const second = await coordinator.accept();
    await admit(second);
    expect((await second.next('want')).control).toEqual({ blobs: [{ hash, from: 192 }] });
    second.sayBody('blob', { hash }, manifest, 192);
    await second.next('ready');
    const workFrames = encodeBodyMessage('work', work, broadcast, { stream: 2, chunkBytes: 128 });
    second.sayRaw(workFrames[0] as Uint8Array);
    await new Promise((resolve) => setTimeout(resolve, 5));
    second.cut();

    const third = await coordinator.accept();
    await admit(third);
    expect((await third.next('ready')).control).toMatchObject({
      partial: { hash: work.broadcast, from: 128 },
    });
    third.sayBody('work', work, broadcast, 128);
    expect(decodeLeaves((await third.next('update')).body as Uint8Array)[0]?.data[99]).toBe(99);
  });

  test('`createClientOn` fetches a plan anew when both clients that were to share it are cut, whichever first', async () => {
    const plans = createPlanCache(engine);
    const dataType = struct({ x: float32() });
    const load = () => ({ x: tensor('float32', [], Float32Array.of(7)) });
    const backOff = { baseMs: 4, maxMs: 8 };
    const one = await start({ plans });
    const { connect } = coordinator;
    const other = createClientOn({
      ...{ url: 'ws://nowhere', clientId: 'mote-2', dataType, load, engine, connect, backOff, plans },
    });
    const two = await coordinator.accept();
    await admit(one);
    await one.next('want'); // for both
    await admit(two, 'mote-2');
    await new Promise((resolve) => setTimeout(resolve, 5));
    // The second waits for what the first fetches. It is cut before that fails, so that it cannot take over.
    two.cut();
    one.cut();
    const [back, next] = [await coordinator.accept(), await coordinator.accept()];
    await admit(back);
    await teach(back);
    await admit(next);
    await next.next('ready');
    await other.close();
  });

  test('`createClientOn` cuts a connection on which no welcome comes, and connects again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const line = await start();
      await line.next('hello');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await line.closed).toBe('terminated');
      await vi.advanceTimersByTimeAsync(8); // the longest back-off of `start`
      await admit(await coordinator.accept());
    } finally {
      vi.useRealTimers();
    }
  });

  test('`createClientOn` sends an update whole when it is computed anew, whatever the coordinator holds', async () => {
    const line = await start();
    await admit(line);
    await teach(line);
    line.sayBody('work', { ...work, received: 100 }, broadcast); // of an earlier process under this name
    expect(decodeLeaves((await line.next('update')).body as Uint8Array)[0]?.data[99]).toBe(99);
  });

  test('`createClientOn` tries again when no client is free, and takes another name when its own was taken', async () => {
    const first = await start({ clientId: null });
    await first.next('hello');
    first.say('error', { code: 'no-free-client', reason: 'all taken' });
    first.cut();
    const second = await coordinator.accept();
    await admit(second, 'mote-2');
    second.say('error', { code: 'replaced', reason: 'its owner came' });
    second.cut();
    const third = await coordinator.accept();
    expect((await third.next('hello')).control).toMatchObject({ client: null });
  });

  test('`createClientOn` says `failed` when its data cannot be had, and stays', async () => {
    const line = await start({
      load: () => {
        throw new Error('the disk is gone');
      },
    });
    await admit(line);
    await teach(line);
    line.sayBody('work', work, broadcast);
    expect((await line.next('failed')).control).toEqual({
      run: 'one',
      attempt: 1,
      broadcast: work.broadcast,
      round: 3,
      phase: 0,
      code: 'load-failed',
      reason: expect.stringContaining('the disk is gone'),
    });
    expect(client.state).toBe('ready');
  });

  test('`createClientOn` says `failed` when its data is not of the type that it declared, and stays', async () => {
    const line = await start({ load: () => ({ x: tensor('float32', [2], Float32Array.of(7, 8)) }) });
    await admit(line);
    await teach(line);
    line.sayBody('work', work, broadcast);
    expect((await line.next('failed')).control).toMatchObject({
      code: 'bad-data',
      reason: expect.stringContaining('at x: need a tensor float32, got float32[2]'),
    });
    expect(client.state).toBe('ready');
  });

  test('`createClientOn` cuts a connection that fell silent when it has seen pings', async () => {
    const line = await start();
    await admit(line); // heartbeatMs is 100
    await teach(line);
    line.ping();
    expect(await line.closed).toBe('terminated'); // after 300 ms
    await coordinator.accept();
  });

  test('`createClientOn` gives up when nobody answers while it may wait', async () => {
    const line = await start({ giveUpMs: 60 });
    coordinator.down = true;
    line.cut();
    await expect(client.finished).rejects.toMatchObject({ code: 'coordinator-gone' });
  });

  test('`createClientOn` says that it leaves when it is closed before it was welcomed', async () => {
    const line = await start();
    await line.next('hello');
    const closing = client.close();
    expect((await line.next('leave')).control).toMatchObject({ code: 'closed' });
    await closing;
    expect(await client.finished).toMatchObject({ end: 'closed' });
  });

  test('`createClientOn` says that it leaves when it is closed', async () => {
    const line = await start();
    await admit(line);
    await teach(line);
    const closing = client.close();
    expect((await line.next('leave')).control).toMatchObject({ code: 'closed' });
    await closing;
    expect(await client.finished).toMatchObject({ end: 'closed' });
  });
});
