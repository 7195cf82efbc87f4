import { seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import { callMemory } from './call-memory.js';

const seed = seedFrom(1);
const numbers = (length: number): Tensor => tensor('float32', [length], new Float32Array(length).fill(1));

/** Gives a fresh tensor of 8,192 numbers, one of 2, and its argument. */
const engine: Engine = {
  name: 'onnx',
  needs: 'onnx',
  description: 'test',
  load: async () => ({
    run: (argument) => [numbers(8192), numbers(2), ...argument],
    dispose() {},
  }),
  async dispose() {},
};

describe('callMemory', () => {
  test('`free` gives back what calls gave, but neither what is small nor what they were given', async () => {
    const memory = callMemory(engine);
    const graph = await memory.engine.load({} as GraphArtifact);
    const argument = numbers(8192);
    const results = await graph.run([argument], seed);
    memory.free();
    expect(results.map(({ data }) => data.length)).toEqual([0, 2, 8192]);
    expect(argument.data[0]).toBe(1);
  });

  test('`keep` leaves what calls gave before it', async () => {
    const memory = callMemory(engine);
    const graph = await memory.engine.load({} as GraphArtifact);
    const [kept] = await graph.run([], seed);
    memory.keep();
    const [freed] = await graph.run([], seed);
    memory.free();
    expect(kept!.data.length).toBe(8192);
    expect(freed!.data.length).toBe(0);
  });
});
