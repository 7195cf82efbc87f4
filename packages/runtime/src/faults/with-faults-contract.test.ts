// A runtime with faults of which none is ever drawn, against the runtime contract: it is the runtime that it is around.
import { runtimeContract } from '../contract.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { threadsRuntime } from '../threads/threads-runtime.js';
import type { FaultsInput } from './fault-schema.js';
import { withFaults } from './with-faults.js';

const never: FaultsInput = {
  deadlineMs: 1000,
  dropouts: [{ probability: 0 }, { probability: 0, for: 'good' }],
  crashes: [{ probability: 0 }],
  stragglers: [{ probability: 0, latency: { distribution: 'exponential', meanMs: 1e6 } }],
  corrupt: [{ probability: 0, how: 'bits' }],
  byzantine: [{ probability: 0, how: 'noise', stddev: 1 }],
  duplicates: [{ probability: 0 }],
};

runtimeContract('withFaults around inProcessRuntime', () =>
  withFaults(inProcessRuntime(), never, { seed: 1 }),
);
runtimeContract('withFaults around threadsRuntime', () =>
  withFaults(threadsRuntime({ workers: 2 }), never, { seed: 1 }),
);
