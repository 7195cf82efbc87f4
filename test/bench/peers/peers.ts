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
  /** Threads inside an operator, of each process; of Flower's simulation and FedJAX's pmap, what works side by side. */
  readonly threads: number;
  /** Of a script that has several. */
  readonly mode?: string;
  /** Whether it can train with nothing drawn, so that its losses can be compared. */
  readonly hasOrder: boolean;
}

const images: readonly ModelName[] = ['lr', 'cnn', 'cnn-dropout'];
const all: readonly ModelName[] = [...images, 'lstm'];

const torchLoop = {
  environment: 'torch',
  script: 'torch_loop.py',
  models: all,
  processes: 1,
  hasOrder: true,
};
const pfl = { environment: 'pfl', script: 'pfl_processes.py', models: all, threads: 1, hasOrder: false };
const fedjax = {
  environment: 'fedjax',
  script: 'fedjax_clients.py',
  models: images,
  processes: 1,
  threads: 2,
};
const flower = { environment: 'flower', script: 'flower_ray.py', models: images, processes: 1, threads: 2 };
const fluke = { environment: 'fluke', script: 'fluke_run.py', models: images, processes: 1, threads: 1 };
const tff = { environment: 'tff', script: 'tff_native.py', models: images, processes: 1, threads: 2 };

/** Each in the modes that two cores allow, since a peer's best differs from model to model. */
export const peers: readonly Peer[] = [
  {
    name: 'numpy by hand, 1 core',
    environment: 'numpy',
    script: 'numpy_by_hand.py',
    models: ['lr'],
    processes: 1,
    threads: 1,
    hasOrder: true,
  },
  { ...torchLoop, name: 'torch loop, 1 thread', threads: 1 },
  { ...torchLoop, name: 'torch loop, 2 threads', threads: 2 },
  { ...pfl, name: 'pfl, 1 process', processes: 1 },
  { ...pfl, name: 'pfl, 2 processes', processes: 2 },
  { ...fedjax, name: 'FedJAX, jit', mode: 'jit', hasOrder: true },
  { ...fedjax, name: 'FedJAX, pmap', mode: 'pmap', hasOrder: true },
  { ...fluke, name: 'fluke', hasOrder: false },
  { ...flower, name: 'Flower, Ray', hasOrder: false },
  { ...tff, name: 'TFF', hasOrder: true },
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
