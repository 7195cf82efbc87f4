// The peers that the benchmark can run beside Starling: Python scripts of this folder, each with an environment that
// the user made. docs/performance.md says how.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelName } from '../configuration.js';

export interface Peer {
  readonly name: string;
  /** The folder of its virtual environment, in the folder of all peers. */
  readonly environment: string;
  readonly script: string;
  readonly models: readonly ModelName[];
  /** Processes that share a round's clients; the first prints. */
  readonly processes: number;
  /** Threads inside an operator, of each process. */
  readonly threads: number;
}

const images: readonly ModelName[] = ['lr', 'cnn', 'cnn-dropout'];
const all: readonly ModelName[] = [...images, 'lstm'];

/** Each in the modes that two cores allow, since a peer's best differs from model to model. */
export const peers: readonly Peer[] = [
  {
    name: 'torch loop, 1 thread',
    environment: 'torch',
    script: 'torch_loop.py',
    models: all,
    processes: 1,
    threads: 1,
  },
  {
    name: 'torch loop, 2 threads',
    environment: 'torch',
    script: 'torch_loop.py',
    models: all,
    processes: 1,
    threads: 2,
  },
  {
    name: 'pfl, 1 process',
    environment: 'pfl',
    script: 'pfl_processes.py',
    models: all,
    processes: 1,
    threads: 1,
  },
  {
    name: 'pfl, 2 processes',
    environment: 'pfl',
    script: 'pfl_processes.py',
    models: all,
    processes: 2,
    threads: 1,
  },
  {
    name: 'FedJAX, jit',
    environment: 'fedjax',
    script: 'fedjax_jit.py',
    models: images,
    processes: 1,
    threads: 2,
  },
  { name: 'fluke', environment: 'fluke', script: 'fluke_run.py', models: images, processes: 1, threads: 1 },
];

/** The Python of a peer under `folder`, or null if its environment was not made. */
export function pythonOf(peer: Peer, folder: string): string | null {
  const python = join(folder, peer.environment, 'bin', 'python');
  return existsSync(python) ? python : null;
}

/** Rounds of a peer that take some seconds. */
export function peerRounds(model: ModelName): { readonly warmup: number; readonly rounds: number } {
  return model === 'lr' ? { warmup: 10, rounds: 200 } : { warmup: 2, rounds: 10 };
}
