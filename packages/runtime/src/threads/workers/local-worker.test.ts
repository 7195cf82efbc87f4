import { compilePlan, type Seed, tensor } from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { assert, describe, test } from 'vitest';
import { totalOf } from '../../testing/contract-computations.js';
import { createLaneMemory } from '../memory/lane-memory.js';
import { type Patience, startLocalWorker } from './local-worker.js';
import type { Command, Reply } from './messages.js';

/** A worker on a plan that sums a number of each client; `ended` once it has. */
async function start(patience?: Patience) {
  const plan = linkPlan(compilePlan(totalOf));
  const memory = await createLaneMemory(plan, null, 1);
  const replies: Reply[] = [];
  let exit!: () => void;
  const ended = new Promise<void>((resolve) => {
    exit = resolve;
  });
  const handle = startLocalWorker(
    {
      plan,
      engine: 'onnx',
      heap: memory.heap,
      arena: new SharedArrayBuffer(0),
      copyBytes: 1024,
      number: 1,
    },
    { onReply: (reply) => void replies.push(reply), onExit: exit },
    patience,
  );
  const cell = memory.phases[0]!;
  const lane: Command = {
    kind: 'lane',
    lane: 0,
    phase: 0,
    turn: 1,
    cellStart: cell.cellStart(0),
    seed: [0, 1] as Seed,
    clients: [1, 2, 4].map((value) => ({
      id: `client-${value}`,
      data: [tensor('float32', [], Float32Array.of(value))],
    })),
  };
  const sum = (): unknown => cell.accumulators(0)[0]![0]!.data[0];
  return { handle, replies, ended, lane, sum, kinds: () => replies.map(({ kind }) => kind) };
}

describe('startLocalWorker', () => {
  test('`startLocalWorker` sums a lane where all threads can read it, and works on until it is closed', async () => {
    const { handle, replies, lane, sum, ended, kinds } = await start({ averageMs: 1e9, onceMs: 1e9 });
    handle.send(lane);
    handle.send({ ...lane, lane: 1 } as Command);
    while (replies.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(kinds(), ['ready', 'lane-done', 'lane-done']);
    assert.deepEqual(replies[1], { kind: 'lane-done', lane: 0, reports: null, accumulators: 'in-cell' });
    assert.equal(sum(), 7);
    await handle.close();
    await ended;
  });

  test('`startLocalWorker` ends after a lane when its clients took long', async () => {
    const { handle, lane, ended, kinds } = await start({ averageMs: 0, onceMs: 1e9 });
    handle.send(lane);
    handle.send({ ...lane, lane: 1 } as Command);
    await ended;
    assert.deepEqual(kinds(), ['ready', 'lane-done']);
  });

  test('`startLocalWorker` ends within a lane, and says nothing of it, when one client took very long', async () => {
    const { handle, lane, ended, kinds } = await start({ averageMs: 1e9, onceMs: 0 });
    handle.send(lane);
    await ended;
    assert.deepEqual(kinds(), ['ready']);
  });
});
