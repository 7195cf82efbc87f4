// The client's part of `federatedSelect`: it sends its keys, takes its slices, and works on them in the order of its
// keys.
import { int32, struct, type Tensor, tensor } from '@starling/federated-core';
import { decodeLeaves, encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { keysPlan } from '@starling/plan/testing';
import { encodeBodyMessage } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import { admit, client, coordinator, start, teach } from '../testing/echo-plan.js';
import type { ScriptedLine } from '../testing/scripted-coordinator.js';
import type { ClientOptions } from './client-options.js';

/** A client sends its keys, then its slices as it takes them. The server's graph never comes to it. */
const offered = keysPlan();

const keys = tensor('int32', [3], Int32Array.of(3, 1, 3));
const own = {
  dataType: struct({ keys: int32(null) }),
  load: () => ({ keys }),
} satisfies Partial<ClientOptions>;

const floats = (...values: number[]): Tensor =>
  tensor('float32', [values.length / 2, 2], Float32Array.from(values));
const order = (...values: number[]): Tensor => tensor('int32', [values.length], Int32Array.from(values));
/** Slices of keys 3 and 1; the first is asked for twice. */
const slices = encodeLeaves([floats(30, 31, 10, 11), order(0, 1, 0)]);
const at = { run: 'one', round: 1, attempt: 1, phase: 1 };
const announced = { ...at, hash: sha256Hex(slices) };
const broadcast = encodeLeaves([]);
const work = {
  ...at,
  seed: [1, 2] as [number, number],
  deadlineMs: 1000,
  broadcast: sha256Hex(broadcast),
  slices: announced.hash,
  received: 0,
};

async function begin(): Promise<ScriptedLine> {
  const line = await start(own);
  await admit(line, 'mote-1', offered);
  await teach(line, offered);
  return line;
}
const updateOf = async (line: ScriptedLine) => decodeLeaves((await line.next('update')).body as Uint8Array);

describe('createClientOn, slices', () => {
  test('`createClientOn` sends its keys, and works on its slices in their order', async () => {
    const line = await begin();
    line.sayBody('work', { ...work, phase: 0, slices: null }, broadcast);
    expect(await updateOf(line)).toEqual([keys]);
    line.sayBody('slices', announced, slices);
    line.sayBody('work', work, broadcast);
    expect(await updateOf(line)).toEqual([floats(30, 31, 10, 11, 30, 31)]);
  });

  test('`createClientOn` takes slices as they are when no key stands twice, and none', async () => {
    const line = await begin();
    for (const sent of [floats(10, 11, 20, 21), floats()]) {
      const body = encodeLeaves([sent, order()]);
      const hash = sha256Hex(body);
      line.sayBody('slices', { ...at, hash }, body);
      line.sayBody('work', { ...work, slices: hash }, broadcast);
      expect(await updateOf(line)).toEqual([sent]);
    }
  });

  test('`createClientOn` continues with its slices where a cut left them, and with the update that it made', async () => {
    const first = await begin();
    const frames = encodeBodyMessage('slices', announced, slices, { stream: 1, chunkBytes: 64 });
    for (const frame of frames.slice(0, 2)) first.sayRaw(frame);
    await new Promise((resolve) => setTimeout(resolve, 5));
    first.cut();
    const second = await coordinator.accept();
    await admit(second, 'mote-1', offered);
    expect((await second.next('ready')).control).toMatchObject({
      partial: null,
      slices: { hash: announced.hash, from: 128 },
    });
    second.sayBody('slices', announced, slices, 128);
    second.sayBody('work', work, broadcast);
    expect(await updateOf(second)).toEqual([floats(30, 31, 10, 11, 30, 31)]);
    second.cut();
    const third = await coordinator.accept();
    await admit(third, 'mote-1', offered);
    expect((await third.next('ready')).control).toMatchObject({
      slices: { hash: announced.hash, from: slices.length },
    });
    third.sayBody('slices', announced, slices, slices.length);
    third.sayBody('work', work, broadcast, broadcast.length);
    expect(await updateOf(third)).toEqual([floats(30, 31, 10, 11, 30, 31)]);
  });

  test.each<[string, string, (line: ScriptedLine) => void]>([
    ['unexpected-message', 'do not come', (line) => line.sayBody('work', work, broadcast)],
    [
      'unexpected-message',
      'are of another work',
      (line) => {
        line.sayBody('slices', { ...at, hash: '0'.repeat(64) }, slices);
        line.sayBody('work', work, broadcast);
      },
    ],
    [
      'blob-bad-hash',
      'are not what they say',
      (line) => {
        line.sayBody('slices', announced, encodeLeaves([floats(1, 2), order()]));
        line.sayBody('work', work, broadcast);
      },
    ],
    // Four rows of 8 bytes, a thousand numbers of 4 for their order, and a header are what the plan can need.
    ['body-too-big', 'are too long', (line) => line.sayBody('slices', announced, new Uint8Array(2 ** 13))],
    [
      'wrong-inputs',
      'are of other leaves than the plan’s',
      (line) => {
        const body = encodeLeaves([floats(1, 2)]);
        line.sayBody('slices', { ...at, hash: sha256Hex(body) }, body);
        line.sayBody('work', { ...work, slices: sha256Hex(body) }, broadcast);
      },
    ],
    [
      'wrong-inputs',
      'name one that is not there',
      (line) => {
        const body = encodeLeaves([floats(1, 2), order(0, 1)]);
        line.sayBody('slices', { ...at, hash: sha256Hex(body) }, body);
        line.sayBody('work', { ...work, slices: sha256Hex(body) }, broadcast);
      },
    ],
  ])('`createClientOn` leaves with %s when its slices %s', async (code, _, break_) => {
    const line = await begin();
    break_(line);
    expect((await line.next('leave')).control).toMatchObject({ code });
    await expect(client.finished).rejects.toMatchObject({ code });
  });
});
