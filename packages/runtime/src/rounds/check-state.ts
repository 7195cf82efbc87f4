// What a run asks of its state: finite numbers, wherever it comes from, and the type of the plan if it comes from a
// store.
import { NonFiniteError, StarlingError, type Type } from '@starling/federated-core';
import { checkValue, findNonFinite, leafNames, unflatten } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import { CheckpointError } from '../runtime/errors.js';
import { serverVectors } from '../simd/server-vectors.js';

export interface StateChecks {
  /** Throws a `NonFiniteError` if a state that is to be finite is not; `action` opens its words. */
  checkState(state: Leaves, action: string): void;
  /** Of a state that the store `from` has kept: throws a `CheckpointError` also if it is not one of the plan's. */
  checkStored(kept: { readonly round: number; readonly leaves: Leaves }, from: string): void;
}

/** Of a process; `beFinite` if its state must be finite. */
export function stateChecks(type: Type, beFinite: boolean): StateChecks {
  const names = leafNames(type);
  const checkState: StateChecks['checkState'] = (state, action) => {
    const found = beFinite ? findNonFinite(state, serverVectors()) : null;
    if (found === null) return;
    throw new NonFiniteError(
      'non-finite-state',
      `Cannot ${action}: every number of the state must be finite, got ${found.value} in ${names[found.leaf]}`,
    );
  };
  return {
    checkState,
    checkStored({ round, leaves }, from) {
      try {
        checkValue(type, unflatten(type, leaves));
      } catch (cause) {
        if (!(cause instanceof StarlingError)) throw cause;
        throw new CheckpointError(
          `Cannot resume from ${from}: need a state that fits the plan, got another: ${cause.message}`,
          { cause },
        );
      }
      checkState(leaves, `continue from round ${round}`);
    },
  };
}

/** Of a computation, whose state has no leaves. */
export const noStateChecks: StateChecks = { checkState: () => {}, checkStored: () => {} };
