// A plan of two phases without work to run: clients send their keys as they are, then their slices as they are, which
// are collected. The server's table comes from the test, so that the one graph need not run.
import { float32, int32, sequence, struct, type TensorType } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { encodePlan } from '../manifest/encode-plan.js';

/** How many keys a client may have where their number is not known. */
export const MAX_KEYS = 1000;

/** Keys below 4. `keys`: how many a client has, or any number. */
export function keysPlan(keys: number | null = null, slice: TensorType = float32(2)): LinkedPlan {
  const nothing = { inputs: 0, instructions: [], outputs: [] };
  const plan: RoundPlan<string> = {
    name: 'keys',
    serverInput: struct({}),
    clientInput: struct({ keys: int32(keys) }),
    phases: [
      {
        prepare: nothing,
        broadcast: struct({}),
        selections: [],
        work: { inputs: 1, instructions: [], outputs: [0] },
        aggregations: [
          {
            kind: 'select-keys',
            update: int32(keys),
            result: struct({ keys: int32(null), counts: int32(null) }),
            settings: { keyBound: 4, maxKeys: keys ?? MAX_KEYS },
          },
        ],
      },
      {
        prepare: { inputs: 2, instructions: [], outputs: [0] },
        broadcast: struct({}),
        selections: [
          { keys: { phase: 0, aggregation: 0 }, served: int32(null), graph: 'row', slice, salt: 0 },
        ],
        work: { inputs: 2, instructions: [], outputs: [0] },
        aggregations: [{ kind: 'collect', update: sequence(slice), result: sequence(slice) }],
      },
    ],
    apply: { inputs: 3, instructions: [], outputs: [2] },
    result: sequence(slice),
    laneSize: 2,
  };
  const row = {
    id: 'row',
    name: 'row',
    parameter: struct([int32(null), int32()]),
    result: slice,
    kernels: Uint8Array.of(1),
    onnx: null,
    feeds: [],
  };
  return encodePlan({ plan, graphs: new Map([['row', row]]) });
}
