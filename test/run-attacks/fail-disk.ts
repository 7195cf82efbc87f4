// Has the disk fail at one of its calls in the middle of a run: it refuses once, refuses from there on, or goes down
// with the machine. The run is started again until it is done, and must end as it always does; and no round that was
// announced is ever taken back.
import { generator, seedFrom } from '@starling/federated-core';
import { StoreFailedError } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { type DiskFault, type SimulatedDisk, simulatedDisk } from '@starling/store/testing';
import { attackedRun } from './attacked-run.js';

export const FAILURES = ['refuses once', 'is full', 'goes down'] as const;
export type DiskFailure = (typeof FAILURES)[number];

const ROUNDS = 4;

/** Calls of the disk that a whole run makes. */
export async function diskCalls(): Promise<number> {
  const disk = simulatedDisk();
  await attackedRun(ROUNDS, { store: directoryStore('/run', { disk }) });
  return disk.calls;
}

/** What went wrong, in words; `null` if nothing did. */
export async function failDisk(failure: DiskFailure, at: number): Promise<string | null> {
  const { stateHash } = await wholeRun();
  const draw = generator(seedFrom(at));
  let isFailing = true;
  const fault = (_call: string, _path: string, number: number): DiskFault => {
    if (!isFailing || number < at) return null;
    if (failure === 'goes down') return 'crash';
    if (failure === 'refuses once') isFailing = false;
    return 'ENOSPC';
  };
  const disk = simulatedDisk({ fault, draw: (bound) => draw.below(bound) });
  let announced = 0;
  const onRound = ({ round }: { readonly round: number }): void => {
    announced = round;
  };
  for (let life = 0; life < 3; life++) {
    const store = directoryStore('/run', { disk, owner: ownerOf(life) });
    try {
      const more = { store, onRound, storeRetries: failure === 'refuses once' ? 1 : 0, onDamage: () => {} };
      const result = await attackedRun(ROUNDS, more);
      return result.stateHash === stateHash ? null : 'another state';
    } catch (error) {
      if (failure === 'is full' && !isSaid(error)) return `full disk: ${String(error)}`;
    }
    if (failure === 'goes down') disk.crash();
    isFailing = false;
    const found = await foundIn(disk, life);
    if (found < announced) return `round ${announced} had been announced, found ${found}`;
  }
  return 'it never ended';
}

function isSaid(error: unknown): boolean {
  return error instanceof StoreFailedError && /^Cannot .*ENOSPC/.test(error.message);
}

async function foundIn(disk: SimulatedDisk, life: number): Promise<number> {
  const store = directoryStore('/run', { disk, owner: ownerOf(life) });
  return (await store.list())[0]?.rounds ?? 0;
}

/** Each life is a process of its own, and finds those before gone. */
function ownerOf(life: number) {
  const isGone = ({ pid }: { readonly pid: number }): boolean => pid < life;
  return { id: `life${life}`, pid: life, host: 'here', began: '', isGone };
}

let whole: ReturnType<typeof attackedRun> | null = null;
function wholeRun(): ReturnType<typeof attackedRun> {
  whole ??= attackedRun(ROUNDS);
  return whole;
}
