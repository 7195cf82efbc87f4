// Loads the state that a file of a run's directory holds, such as the best one, in the type of its process.
import { readFile } from 'node:fs/promises';
import {
  formatType,
  type IterativeProcess,
  StarlingError,
  type StateOf,
  type Type,
} from '@starling/federated-core';
import { checkValue, computationKinds, kinds, unflatten } from '@starling/federated-core/plan';
import { decodeState } from '../kept/state-file.js';
import { CheckpointError } from '../runtime/errors.js';

export interface LoadedState<P> {
  /** Rounds done when it was the state. */
  readonly round: number;
  readonly state: StateOf<P>;
}

/**
 * The state of `process` in `path`, such as `out/round-00000042.safetensors`. Throws a `CheckpointError` if the file
 * cannot be read, is not as it was written, or holds the state of another process.
 */
export async function loadState<P extends IterativeProcess>(
  process: P,
  path: string,
): Promise<LoadedState<P>> {
  computationKinds.process('Cannot load a state', 'process', process);
  kinds.text('Cannot load a state', 'path', path);
  const { result } = process.initialize.type;
  const type = result.kind === 'federated' ? result.member : result;
  try {
    const { round, leaves } = decodeState(await readFile(path));
    return { round, state: stateOf(type, leaves) as StateOf<P> };
  } catch (cause) {
    const isDirectory = (cause as NodeJS.ErrnoException | null)?.code === 'EISDIR';
    const message = cause instanceof Error ? cause.message : String(cause);
    const reason = isDirectory
      ? 'need the file of a state, such as round-00000012.safetensors in it, got a directory'
      : message;
    throw new CheckpointError(`Cannot load a state from ${path}: ${reason}`, { cause });
  }
}

function stateOf(type: Type, leaves: Parameters<typeof unflatten>[1]): unknown {
  try {
    const state = unflatten(type, leaves);
    checkValue(type, state);
    return state;
  } catch (cause) {
    if (!(cause instanceof StarlingError)) throw cause;
    throw new CheckpointError(`need a state of ${formatType(type)}, got another: ${cause.message}`, {
      cause,
    });
  }
}
