// A plan without any graph, for tests of the wire: the server broadcasts a number, each client sends its float32[2]
// as it is, and the updates are summed.
import { float32, struct } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import { encodePlan, type LinkedPlan } from '@starling/plan';
import type { Population } from '@starling/population';

export function sumPlan(laneSize = 2): LinkedPlan {
  const plan: RoundPlan<string> = {
    name: 'sum',
    serverInput: struct({ factor: float32() }),
    clientInput: struct({ x: float32(2) }),
    phases: [
      {
        prepare: { inputs: 1, instructions: [], outputs: [0] },
        broadcast: float32(),
        selections: [],
        work: { inputs: 2, instructions: [], outputs: [1] },
        aggregations: [{ kind: 'sum', update: float32(2), result: float32(2) }],
      },
    ],
    apply: { inputs: 2, instructions: [], outputs: [1] },
    result: float32(2),
    laneSize,
  };
  const graphs = new Map();
  return encodePlan({ plan, graphs });
}

/** Clients `client-0` … whose data the coordinator must never ask for. */
export function namesOnly(size: number): Population {
  return {
    name: 'names',
    size,
    dataType: struct({ x: float32(2) }),
    clientId: (index) => `client-${index}`,
    exampleCount: () => 0,
    fingerprint: () => ({ size }),
    load() {
      throw new Error('the coordinator has no business with clients’ data');
    },
  };
}
