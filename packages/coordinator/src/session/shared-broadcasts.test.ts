// Broadcasts that go to one socket of those that share them.
import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { open, statuses, sums, update } from '../testing/open-session.js';
import { type JoinedClient, joinAs } from '../testing/scripted-client.js';

/** Longer than what goes in the frame in front: 300 · 4 > 1,024 bytes. */
const broadcast = [tensor('float32', [300], new Float32Array(300).fill(3))];
const large = { broadcast };

const join = (url: string, client: number, shares: string | null, proof: string | null = null) =>
  joinAs(url, `client-${client}`, proof, { shares });

/** Whether the next work has the broadcast. */
async function hasBody(client: JoinedClient): Promise<boolean> {
  const { control, body } = await client.next('work');
  expect((control as { readonly elsewhere: boolean }).elsewhere).toBe(body === null);
  return body !== null;
}

describe('a broadcast', () => {
  test('goes to one socket of those that share, in each round, and to each of the others', async () => {
    const { url, run } = await open();
    const clients = [
      await join(url, 0, 'a'),
      await join(url, 1, 'a'),
      await join(url, 2, 'b'),
      await join(url, 3, null),
    ];
    for (const round of [1, 2]) {
      const running = run([0, 1, 2, 3], round, large);
      expect(await Promise.all(clients.map(hasBody))).toEqual([true, false, true, true]);
      for (const client of clients) {
        client.sendUpdate(update(1, round));
        await client.next('ack');
      }
      expect(sums(await running)).toEqual([4, 4 * round]);
    }
  });

  test('that is small goes to each, in the frame in front', async () => {
    const { url, run } = await open();
    const clients = [await join(url, 0, 'a'), await join(url, 1, 'a')];
    const running = run([0, 1]);
    expect(await Promise.all(clients.map(hasBody))).toEqual([true, true]);
    for (const client of clients) client.sendUpdate(update(1, 2));
    expect(sums(await running)).toEqual([2, 4]);
  });

  test('goes to a client that it did not reach elsewhere once it says so, and once only', async () => {
    const { url, run } = await open();
    const [first, second] = [await join(url, 0, 'a'), await join(url, 1, 'a')];
    const running = run([0, 1], 1, large);
    expect([await hasBody(first), await hasBody(second)]).toEqual([true, false]);
    const lost = { code: 'broadcast-lost', reason: 'nobody brings it' };
    second.send('failed', { ...second.asked, ...lost });
    expect(await hasBody(second)).toBe(true);
    second.send('failed', { ...second.asked, ...lost });
    first.sendUpdate(update(1, 2));
    expect(statuses(await running)).toEqual(['accepted', 'dropped broadcast-lost']);
  });

  test('goes to a client that comes back after a cut', async () => {
    const { url, run } = await open();
    const [first, second] = [await join(url, 0, 'a'), await join(url, 1, 'a')];
    const running = run([0, 1], 1, large);
    expect([await hasBody(first), await hasBody(second)]).toEqual([true, false]);
    second.socket.terminate();
    const again = await join(url, 1, 'a', second.proof);
    expect(await hasBody(again)).toBe(true);
    for (const client of [first, again]) client.sendUpdate(update(1, 2));
    expect(statuses(await running)).toEqual(['accepted', 'accepted']);
  });
});
