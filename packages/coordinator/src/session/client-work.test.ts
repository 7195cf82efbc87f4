import { deriveSeed } from '@starling/federated-core';
import { decodeLeaves } from '@starling/plan/safetensors';
import { describe, expect, test } from 'vitest';
import { answer, closeSession, open, seed, update } from '../testing/open-session.js';
import { joinAs } from '../testing/scripted-client.js';

describe('work of a session', () => {
  test('gives each client its own version, and its update as it is, in whatever order they come', async () => {
    const { url, work } = await open();
    const [slow, quick] = await Promise.all([joinAs(url, 'client-0'), joinAs(url, 'client-1')]);
    const [first, second] = [work(0, 4), work(1, 6)];
    const asked = await slow!.next('work');
    expect(asked.control).toMatchObject({ round: 5, seed: [...deriveSeed(seed, 'client', 'client-0')] });
    // The factor that is broadcast is 3 + the version.
    expect(decodeLeaves(asked.body as Uint8Array)[0]!.data[0]).toBe(7);
    expect(await answer(quick!, update(1, 2))).toMatchObject({ status: 'accepted', round: 7 });
    expect((await second).update![0]!.data).toEqual(Float32Array.of(1, 2));
    slow!.sendUpdate(update(3, 4));
    const { report, update: late } = await first;
    expect(report).toEqual({ client: 'client-0', status: 'accepted' });
    expect(late![0]!.data).toEqual(Float32Array.of(3, 4));
  });

  test('has no update of one that is refused, or that leaves', async () => {
    const { url, work } = await open();
    const [bad, gone] = await Promise.all([joinAs(url, 'client-0'), joinAs(url, 'client-1')]);
    const [refused, left] = [work(0, 0), work(1, 0)];
    expect(await answer(bad!, update(Number.NaN, 0))).toMatchObject({ status: 'rejected' });
    expect(await refused).toMatchObject({ report: { code: 'non-finite-update' }, update: null });
    await gone!.next('work');
    gone!.send('leave', { code: 'left', reason: 'for good' });
    expect(await left).toMatchObject({ report: { status: 'dropped', code: 'left' }, update: null });
  });

  test('answers the same report again when the work is over, and takes no other', async () => {
    const { url, work } = await open();
    const client = await joinAs(url, 'client-0');
    const working = work(0, 0);
    await answer(client, update(1, 2));
    await working;
    client.sendUpdate(update(1, 2));
    expect((await client.next('ack')).control).toMatchObject({ status: 'accepted' });
    client.sendUpdate(update(5, 5));
    expect((await client.next('ack')).control).toMatchObject({ status: 'ignored', code: 'round-over' });
  });

  test('tells each client of the round that its own report counts in', async () => {
    const { url, work, settle } = await open();
    const [one, other] = await Promise.all([joinAs(url, 'client-0'), joinAs(url, 'client-1')]);
    const working = [work(0, 2), work(1, 2)];
    await Promise.all([one, other].map((client) => answer(client!, update(1, 2))));
    await Promise.all(working);
    settle(3, true, ['client-1']);
    expect((await other!.next('commit')).control).toMatchObject({
      round: 3,
      status: 'committed',
      counted: [0],
    });
    settle(3, false, ['client-0']);
    expect((await one!.next('commit')).control).toMatchObject({ round: 3, status: 'abandoned', counted: [] });
  });

  test('ends with the session', async () => {
    const { url, work } = await open();
    const client = await joinAs(url, 'client-0');
    const working = work(0, 0);
    await client.next('work');
    const ended = expect(working).rejects.toMatchObject({ code: 'session-closed' });
    await closeSession();
    await ended;
  });
});
