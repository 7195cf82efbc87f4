import { float32, type LocalComputation, sequence, tensor, uint8 } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import { sequenceReduce } from '../capture/sequence-reduce.js';
import { compileGraph } from '../lowering/compile-graph.js';
import * as tf from '../tensorflow/tf.js';
import { floats } from '../testing/graphs.js';
import { loadTfjsBackend, TfjsBackendError, tfjsBackends } from './tfjs-backends.js';
import { createTfjsEngine } from './tfjs-engine.js';

async function load(local: unknown) {
  const engine = await createTfjsEngine();
  return engine.load(compileGraph(local as LocalComputation));
}

describe('createTfjsEngine', () => {
  it('reads bytes as integers, and leaves shared memory as it was', async () => {
    const loaded = await load(
      localComputation({ data: sequence(uint8(2)) }, ({ data }) =>
        sequenceReduce(data.batch(2), tf.zeros([2], 'int32'), (sum, rows) => sum.add(tf.sum(rows, 0))),
      ),
    );
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set([200, 1, 100, 2]);
    const [sum] = await loaded.run([tensor('uint8', [2, 2], shared)], [1, 2]);
    expect(sum).toEqual(tensor('int32', [2], Int32Array.of(300, 3)));
    expect([...shared]).toEqual([200, 1, 100, 2]);
  });

  it('gives results in memory of their own, and frees all else', async () => {
    const loaded = await load(localComputation({ x: float32(2) }, ({ x }) => [x, tf.add(x, 1)]));
    const x = floats([1, 2]);
    const before = tf.memory().numTensors;
    const [same, more] = await loaded.run([x], [1, 2]);
    expect(tf.memory().numTensors).toBe(before);
    expect(same).toEqual(x);
    expect(same?.data).not.toBe(x.data);
    expect(more).toEqual(floats([2, 3]));
  });

  it('refuses leaves of another shape, type or number, by name', async () => {
    const loaded = await load(localComputation({ x: float32(2) }, ({ x }) => x, { name: 'shift' }));
    const run = async (...leaves: Parameters<typeof loaded.run>[0]) => loaded.run(leaves, [1, 2]);
    await expect(run(floats([1, 2, 3]))).rejects.toThrow("Cannot run 'shift': leaf 0 must be float32[2]");
    await expect(run(tensor('int32', [2], Int32Array.of(1, 2)))).rejects.toThrow('got int32[2]');
    await expect(run()).rejects.toThrow('it takes 1 leaves, got 0');
  });
});

describe('tfjsBackends', () => {
  it('says of each backend whether it is to be had, and why not', async () => {
    const backends = await tfjsBackends();
    expect(backends.map(({ name }) => name)).toEqual(['cpu', 'wasm', 'tensorflow']);
    for (const { name, available, reason } of backends) {
      expect(reason).toMatch(available ? /^ready$/ : /not installed|does not load/);
      if (available) await loadTfjsBackend(name);
      else await expect(loadTfjsBackend(name)).rejects.toThrow(TfjsBackendError);
    }
    expect(backends[0]?.available).toBe(true);
    expect(tf.getBackend()).toBe('cpu');
  });
});
