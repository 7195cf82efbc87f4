import { float32, type LocalComputation } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { floats } from '../../testing/graphs.js';
import { loadTfjsBackend, TfjsBackendError, tfjsBackends } from './tfjs-backends.js';
import { createTfjsEngine } from './tfjs-engine.js';

describe('createTfjsEngine', () => {
  test('frees every tensor that it made', async () => {
    const engine = await createTfjsEngine();
    const local = localComputation({ x: float32(2) }, ({ x }) => [x, tf.add(x, 1)]) as unknown;
    const loaded = await engine.load(compileGraph(local as LocalComputation));
    const before = tf.memory();
    await loaded.run([floats([1, 2])], [1, 2]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });
});

describe('tfjsBackends', () => {
  test('says of each backend whether it is to be had, and why not', async () => {
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
