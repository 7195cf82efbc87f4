// Flips a bit of what a run has kept, anywhere in it, and takes the run up: it must end as it always does, from an
// older state if need be, or refuse; never in another state.
import { deriveSeed, generator, seedFrom } from '@starling/federated-core';
import { directoryStore } from '@starling/store/directory';
import { type SimulatedDisk, simulatedDisk } from '@starling/store/testing';
import { attackedRun } from './attacked-run.js';

const FOLDER = '/run';
const KEPT_ROUNDS = 6;
const ROUNDS = 8;

export interface FlipTally {
  /** Took the run up and ended as it always does. */
  readonly same: number;
  /** Said what is damaged, of those. */
  readonly warned: number;
  /** Refused to continue. */
  readonly refused: number;
  /** What must never be: each in words. */
  readonly findings: readonly string[];
}

export async function flipBits(flips: number, seed: number): Promise<FlipTally> {
  const { stateHash } = await attackedRun(ROUNDS);
  const before = simulatedDisk();
  await attackedRun(KEPT_ROUNDS, { store: storeOn(before) });
  const draw = generator(deriveSeed(seedFrom(seed), 'flips'));
  const tally = { same: 0, warned: 0, refused: 0, findings: [] as string[] };
  for (let flip = 0; flip < flips; flip++) {
    const disk = await copyOf(before);
    const paths = disk.paths();
    const path = paths[draw.below(paths.length)]!;
    const bit = draw.below(disk.peek(path)!.length * 8);
    disk.flipBit(path, bit);
    let isWarned = false;
    try {
      const onDamage = (): void => {
        isWarned = true;
      };
      const result = await attackedRun(ROUNDS, { store: storeOn(disk), onDamage });
      if (result.stateHash === stateHash) tally.same++;
      else tally.findings.push(`bit ${bit} of ${path}: another state`);
      if (isWarned) tally.warned++;
    } catch (error) {
      const { code } = error as { readonly code?: string };
      if (code === 'store-damaged') tally.refused++;
      else tally.findings.push(`bit ${bit} of ${path}: ${String(error)}`);
    }
  }
  return tally;
}

const storeOn = (disk: SimulatedDisk) => directoryStore(FOLDER, { disk });

async function copyOf(disk: SimulatedDisk): Promise<SimulatedDisk> {
  const copy = simulatedDisk();
  await copy.makeFolder(FOLDER);
  for (const path of disk.paths()) {
    const file = await copy.open(path, 'write');
    await file.write(disk.peek(path)!);
  }
  return copy;
}
