// Takes a run up where its last checkpoint left it, once that is known to be of the same run, and its state one that
// the plan can continue with.
import type { Checkpoint } from '../checkpoints/checkpoint-store.js';
import { identityDifferences, OtherRunError, type RunIdentity } from '../checkpoints/run-identity.js';
import type { CompiledRun } from './compile-run.js';
import { identifyRun } from './identify-run.js';
import type { RunOptions } from './run-options.js';

export interface Resumed {
  /** What further checkpoints are to say; `null` if there are none. */
  readonly identity: RunIdentity | null;
  /** `null` if there was nothing to take up. */
  readonly checkpoint: Pick<Checkpoint, 'round' | 'leaves' | 'best'> | null;
}

/**
 * Throws an `OtherRunError` if the checkpoint is of another run and there is no `onOtherRun`, and as `checkStored` if
 * the plan cannot continue with its state. Then nothing has changed in the store.
 */
export async function resumeRun(
  run: CompiledRun,
  options: RunOptions,
  evaluationPlan: string | null = null,
): Promise<Resumed> {
  const { checkpoints, onOtherRun } = options;
  if (checkpoints === undefined) return { identity: null, checkpoint: null };
  const { name } = checkpoints;
  const identity = await identifyRun(run, options, evaluationPlan);
  const checkpoint = await checkpoints.resume((found) => {
    const differences = identityDifferences(found.identity, identity);
    if (differences.length > 0 && onOtherRun === undefined) throw new OtherRunError(name, differences);
    run.checkStored(found, name);
    if (differences.length > 0) onOtherRun?.(differences);
  });
  return { identity, checkpoint };
}
