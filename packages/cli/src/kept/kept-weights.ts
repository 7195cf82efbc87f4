// The weights of a run that was kept: those of its last state, or of its best one.
import type { Tensor } from '@starling/federated-core';
import { decodeSafetensors } from '@starling/plan/safetensors';
import { detailsOf, type RunLine, runLineIn } from '@starling/runtime/record';
import type { RunStore } from '@starling/store';
import { UsageError } from '../errors/usage-error.js';
import { weightsIn } from '../run/weights-in.js';

export interface KeptWeights {
  /** What the run was. */
  readonly line: RunLine;
  /** Rounds done when they were its weights. */
  readonly round: number;
  readonly weights: { readonly [name: string]: Tensor };
}

/** Throws a `UsageError` if the run has no such state, or its state no weights. */
export async function keptWeights(
  store: RunStore,
  run: string,
  which: 'last' | 'best',
): Promise<KeptWeights> {
  const { identity, commits } = await store.read(run);
  const line = runLineIn(identity);
  const last = commits.at(-1);
  if (line === null || last === undefined) {
    throw new UsageError(`Cannot export run ${run}: need a round that is committed, got none`);
  }
  const best = detailsOf(last.metrics)?.best?.round ?? 0;
  if (which === 'best' && best === 0) {
    throw new UsageError(
      `Cannot export the best state of run ${run}: need a federation that says which is best, got none`,
    );
  }
  const round = which === 'best' ? best : last.round;
  const bytes = await store.state(run, round);
  if (bytes === null)
    throw new UsageError(`Cannot export run ${run}: need the state of round ${round}, got none kept`);
  return { line, round, weights: weightsIn(decodeSafetensors(bytes).tensors, `run ${run}`) };
}
