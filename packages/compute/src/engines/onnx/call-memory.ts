// The memory of what an engine's calls give, freed as soon as a client is done with rather than at some garbage
// collection: the next call finds it warm, and memory does not grow by dozens of updates in between.

import type { Engine } from '../../engine/engine.js';
import { freeBuffers, isLarge } from './free-buffers.js';

export interface CallMemory {
  /** The engine, with an eye on what its calls give. */
  readonly engine: Engine;
  /** Frees what calls gave since the last `free` or `keep`: their tensors have length 0 from now on. */
  free(): void;
  /** Leaves it to the collector: something still holds a part of it. */
  keep(): void;
}

export function callMemory(engine: Engine): CallMemory {
  const given = new Set<ArrayBuffer>();
  return {
    engine: {
      ...engine,
      async load(artifact) {
        const graph = await engine.load(artifact);
        return {
          ...graph,
          async run(argument, seed) {
            const results = await graph.run(argument, seed);
            for (const { data } of results) {
              const buffer = ArrayBuffer.isView(data) ? data.buffer : null;
              if (!isLarge(buffer)) continue;
              const isInput = argument.some(
                (leaf) => ArrayBuffer.isView(leaf.data) && leaf.data.buffer === buffer,
              );
              if (!isInput) given.add(buffer);
            }
            return results;
          },
        };
      },
    },
    free() {
      freeBuffers([...given]);
      given.clear();
    },
    keep: () => given.clear(),
  };
}
