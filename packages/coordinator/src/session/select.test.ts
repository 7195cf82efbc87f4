// The coordinator's part of `federatedSelect`: keys that come up are checked, and each client is sent its own slices.

import {
  float32,
  int32,
  string,
  struct,
  type Tensor,
  type TensorType,
  tensor,
} from '@starling/federated-core';
import { decodeLeaves, encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { keysPlan, MAX_KEYS } from '@starling/plan/testing';
import type { RuntimeSession } from '@starling/runtime';
import type { PhaseRequest } from '@starling/runtime/phases';
import { encodeFrame, updateLimit } from '@starling/wire';
import { afterEach, describe, expect, test } from 'vitest';
import { createServerMetrics } from '../server/server-metrics.js';
import { statuses } from '../testing/open-session.js';
import { joinAs, type ScriptedClient } from '../testing/scripted-client.js';
import { namesOnly } from '../testing/sum-plan.js';
import { websocketRuntime } from './websocket-runtime.js';

let session: RuntimeSession | null = null;
afterEach(async () => {
  await session?.close();
  session = null;
});

async function open(keys: number | null = null, slice?: TensorType) {
  const metrics = createServerMetrics();
  let url = '';
  const onListen = (server: { readonly url: string }) => {
    url = server.url;
  };
  const population = { ...namesOnly(3), dataType: struct({ keys: int32(keys) }) };
  const opened = await websocketRuntime({ metrics, deadlineMs: 5000, onListen }).open(
    keysPlan(keys, slice),
    population,
  );
  session = opened;
  const at = { round: 1, seed: [0, 1], broadcast: [] } as const;
  return {
    url,
    metrics,
    run: (phase: number, cohort: readonly number[], more: Partial<PhaseRequest> = {}) =>
      opened.runPhase({ ...at, phase, cohort, ...more }),
  };
}

const keysOf = (...keys: number[]): Tensor => tensor('int32', [keys.length], Int32Array.from(keys));

/** Answers one piece of work with these leaves; gives the acknowledgement. */
async function answer(client: ScriptedClient, leaves: readonly Tensor[]) {
  await client.next('work');
  client.sendUpdate(encodeLeaves(leaves));
  return (await client.next('ack')).control;
}

describe('websocketRuntime, keys', () => {
  test('`websocketRuntime` keeps each client’s keys, in cohort order', async () => {
    const { url, run } = await open();
    const running = run(0, [2, 0]);
    await answer(await joinAs(url, 'client-0'), [keysOf(3, 1, 3)]);
    await answer(await joinAs(url, 'client-2'), [keysOf()]);
    const { accumulators } = await running;
    expect(accumulators).toEqual([[keysOf(), keysOf(3, 1, 3)]]);
  });

  test.each<[string, number | null, Tensor]>([
    ['wrong-update', null, tensor('float32', [1], Float32Array.of(1))],
    ['wrong-update', null, tensor('int32', [1, 1], Int32Array.of(1))],
    ['wrong-update', null, tensor('int32', [], Int32Array.of(1))],
    ['wrong-update', 2, keysOf(1, 2, 3)],
    ['key-out-of-range', null, keysOf(1, 4)],
    ['key-out-of-range', null, keysOf(-1)],
    ['too-many-keys', null, tensor('int32', [MAX_KEYS + 1], new Int32Array(MAX_KEYS + 1))],
  ])('`websocketRuntime` refuses keys as %s, and counts the others (%#)', async (code, keys, sent) => {
    const { url, run, metrics } = await open(keys);
    const running = run(0, [0, 1]);
    expect(await answer(await joinAs(url, 'client-0'), [sent])).toMatchObject({
      status: 'rejected',
      code,
    });
    const good = keys === 2 ? keysOf(1, 2) : keysOf(2);
    await answer(await joinAs(url, 'client-1'), [good]);
    const outcome = await running;
    expect(statuses(outcome)).toEqual([`rejected ${code}`, 'accepted']);
    expect(outcome.accumulators).toEqual([[good]]);
    expect(metrics.get('starling_updates_rejected_total')).toBe(1);
  });

  test('`websocketRuntime` reads no more keys than a client may send', async () => {
    const { url, run } = await open();
    const total = updateLimit(keysPlan().plan.phases[0]!.aggregations) + 1;
    expect(total).toBe(4 * MAX_KEYS + 1024 + 256 + 1); // keys of 4 bytes, a header with one leaf, and a byte
    const running = run(0, [0]);
    const client = await joinAs(url, 'client-0');
    await client.next('work');
    const control = new TextEncoder().encode(JSON.stringify(client.asked));
    client.sendRaw(encodeFrame({ type: 'update', control, stream: 1, total }));
    expect((await client.next('error')).control).toMatchObject({ code: 'body-too-big' });
    await answer(await joinAs(url, 'client-0'), [keysOf(0)]); // and it may come back
    expect(statuses(await running)).toEqual(['accepted']);
  });
});

describe('websocketRuntime, slices', () => {
  // Rows 10, 20, 30 of one selection: the first client's keys have rows 0, 2, 0; the second's row 1; the third's none.
  const rows = [tensor('float32', [3, 2], Float32Array.of(10, 11, 20, 21, 30, 31))];
  const rowsOf = [[0, 2, 0], [1], []].map((own) => Int32Array.from(own));
  const slices = [{ rows, rowsOf }];

  test('`websocketRuntime` sends each client its own slices before the work, one that it asks for twice once', async () => {
    const { url, run } = await open();
    const running = run(1, [0, 1, 2], { slices });
    const expected = [
      [
        [2, 2],
        [10, 11, 30, 31],
        [0, 1, 0],
      ],
      [[1, 2], [20, 21], []],
      [[0, 2], [], []],
    ];
    for (const [index, [shape, values, order]] of expected.entries()) {
      const client = await joinAs(url, `client-${index}`);
      const sent = await client.next('slices');
      const body = sent.body as Uint8Array;
      expect(decodeLeaves(body)).toEqual([
        tensor('float32', shape!, Float32Array.from(values!)),
        keysOf(...order!),
      ]);
      expect(sent.control).toMatchObject({ round: 1, attempt: 1, phase: 1, hash: sha256Hex(body) });
      const work = await client.next('work');
      expect(work.control).toMatchObject({ slices: sha256Hex(body) });
      client.sendUpdate(encodeLeaves([decodeLeaves(body)[0]!]));
      await client.next('ack');
    }
    expect(statuses(await running)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('`websocketRuntime` sends no slices in a phase that has no selection', async () => {
    const { url, run } = await open();
    const running = run(0, [0]);
    const client = await joinAs(url, 'client-0');
    const work = await client.next('work');
    expect(work.control).toMatchObject({ slices: null });
    client.sendUpdate(encodeLeaves([keysOf(1)]));
    await running;
  });

  test('`websocketRuntime` sends a client its slices again when it comes back', async () => {
    const { url, run } = await open();
    const running = run(1, [0], { slices });
    const first = await joinAs(url, 'client-0');
    const { body, control } = await first.next('slices');
    first.socket.terminate();
    const second = await joinAs(url, 'client-0');
    const again = await second.next('slices');
    expect(again.control).toEqual(control);
    expect(again.body).toEqual(body);
    await second.next('work');
    second.sendUpdate(encodeLeaves([tensor('float32', [0, 2], new Float32Array())]));
    expect(statuses(await running)).toEqual(['accepted']);
  });

  // A tensor is told by its shape alone where none of it is ever read. Text is measured with its body's header.
  const shapeOnly = (...shape: number[]): Tensor => ({
    dtype: 'float32',
    shape,
    data: new Float32Array(),
  });
  test.each<[string, TensorType, Tensor]>([
    ['a body can hold: 2^28 float32 are 1 GiB', float32(2 ** 28 + 1), shapeOnly(2, 2 ** 28 + 1)],
    ['a client takes whose plan does not know their shape', float32(null), shapeOnly(2, 2 ** 24 + 1)],
    ['a client takes, as text', string(), tensor('string', [2], ['x'.repeat(2 ** 26), 'y'])],
  ])('`websocketRuntime` refuses clients whose slices are more than %s', async (_, slice, row) => {
    const { url, run } = await open(null, slice);
    const huge = [{ rows: [row], rowsOf: [Int32Array.of(0, 0), Int32Array.of(0), new Int32Array(0)] }];
    const running = run(1, [0, 1, 2], { slices: huge });
    await joinAs(url, 'client-0');
    await joinAs(url, 'client-1');
    const fine = await joinAs(url, 'client-2');
    await fine.next('slices');
    const none = { ...row, shape: [0, ...row.shape.slice(1)], data: row.data.slice(0, 0) } as Tensor;
    await answer(fine, [none]);
    expect(statuses(await running)).toEqual(['rejected too-many-keys', 'rejected too-many-keys', 'accepted']);
  });

  test('`websocketRuntime` asks further clients as large slices leave, or their sockets end', async () => {
    const { url, run, metrics } = await open(null, float32(10 * 2 ** 20));
    const join = (index: number): Promise<ScriptedClient> => joinAs(url, `client-${index}`);
    const [slow, gone, waiting] = await Promise.all([join(0), join(1), join(2)]);
    await expect.poll(() => metrics.get('starling_clients')).toBe(3);
    slow.socket.pause();
    gone.socket.pause();
    // 40 MiB for each of two that do not read: more than the 64 MiB that may wait, so the third has its turn later.
    const large = [tensor('float32', [1, 10 * 2 ** 20], new Float32Array(10 * 2 ** 20))];
    const own = Int32Array.of(0);
    const running = run(1, [0, 1, 2], { slices: [{ rows: large, rowsOf: [own, own, own] }] });
    const sent = () => metrics.get('starling_sent_bytes_total');
    await expect.poll(sent).toBeGreaterThan(80 * 2 ** 20);
    expect(sent()).toBeLessThan(81 * 2 ** 20);
    gone.socket.terminate();
    await expect.poll(sent).toBeGreaterThan(120 * 2 ** 20);
    const received = (await waiting.next('slices')).body as Uint8Array;
    expect(received.length).toBeGreaterThan(40 * 2 ** 20);
    slow.socket.resume();
    await slow.next('slices');
    for (const client of [slow, waiting]) {
      await client.next('work');
      const none = tensor('float32', [0, 10 * 2 ** 20], new Float32Array());
      client.sendUpdate(encodeLeaves([none]));
    }
    (await joinAs(url, 'client-1')).send('leave', { code: 'closed', reason: '' });
    expect(statuses(await running)).toEqual(['accepted', 'dropped left', 'accepted']);
  });
});
