// Clients of one process that share what is broadcast to one of their sockets.
import { float32, struct, tensor } from '@starling/federated-core';
import { decodeLeaves, encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { type Control, encodeBodyMessage } from '@starling/wire';
import { expect, test } from 'vitest';
import { broadcast, coordinator, engine, start, teach, welcome, work } from '../testing/echo-plan.js';
import { createClientOn } from './client.js';
import { createPlanCache } from './plan-cache.js';

test('`createClientOn` takes a broadcast from the socket of another client, and asks for it once that is cut', async () => {
  const plans = createPlanCache(engine);
  const dataType = struct({ x: float32() });
  const load = () => ({ x: tensor('float32', [], Float32Array.of(7)) });
  const one = await start({ plans });
  const { connect } = coordinator;
  const other = createClientOn({
    ...{ url: 'ws://nowhere', clientId: 'mote-2', dataType, load, engine, connect, plans },
  });
  const two = await coordinator.accept();
  const shares = [one, two].map(
    async (line) => ((await line.next('hello')).control as Control<'hello'>).shares,
  );
  const [first, second] = await Promise.all(shares);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).toBe(first);
  one.say('welcome', welcome('mote-1'));
  await teach(one);
  two.say('welcome', welcome('mote-2'));
  await two.next('ready');

  two.say('work', { ...work, elsewhere: true }); // before the socket that brings it has begun
  one.sayBody('work', work, broadcast);
  for (const line of [one, two]) {
    expect(decodeLeaves((await line.next('update')).body as Uint8Array)[0]?.data[99]).toBe(99);
  }

  const next = encodeLeaves([tensor('float32', [100], new Float32Array(100).fill(1))]);
  const again = { ...work, round: work.round + 1, broadcast: sha256Hex(next) };
  one.sayRaw(encodeBodyMessage('work', again, next, { stream: 2, chunkBytes: 200 })[0]!); // the first of it alone
  two.say('work', { ...again, elsewhere: true });
  one.cut();
  expect((await two.next('failed')).control).toMatchObject({ round: again.round, code: 'broadcast-lost' });
  two.sayBody('work', again, next);
  expect(decodeLeaves((await two.next('update')).body as Uint8Array)[0]?.data[99]).toBe(1);
  await other.close();
});
