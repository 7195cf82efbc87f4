// The threads runtime against the runtime contract, with any number of workers.
import { runtimeContract } from '../contract.js';
import { threadsRuntime } from './threads-runtime.js';

for (const workers of [1, 2, 4]) {
  runtimeContract(`threadsRuntime with ${workers} workers`, () => threadsRuntime({ workers }));
}

runtimeContract('threadsRuntime with 2 workers besides main', () =>
  threadsRuntime({ workers: 2, mainWorks: false }),
);

// Data then travels with each lane.
runtimeContract('threadsRuntime without room for data', () =>
  threadsRuntime({ workers: 2, dataCacheBytes: 0 }),
);
