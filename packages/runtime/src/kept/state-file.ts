// A state as the bytes of one file: a safetensors body of its leaves, whose metadata says the round, the order of the
// leaves, and the hash by which one that was damaged is known, wherever it is read. A store has a hash of its own over
// all of it.
import type { Tensor } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import { decodeSafetensors, encodeSafetensors, stateHash } from '@starling/plan/safetensors';
import { CheckpointError } from '../runtime/errors.js';

const FORMAT = 'starling-state/1';
/** Of versions that kept checkpoints, before there were stores of runs. */
const EARLIER = 'starling-checkpoint';
const MAX_HEADER_BYTES = 64 << 20;

export interface StateFile {
  /** Rounds done. */
  readonly round: number;
  /** A name for each leaf; different ones. */
  readonly names: readonly string[];
  readonly leaves: Leaves;
}

/** All text, as safetensors asks for. */
interface Metadata {
  readonly format: string;
  readonly round: string;
  /** The names of the leaves in their order, since a file may hold its tensors in any order: JSON. */
  readonly leaves: string;
  /** See `stateHash`: over dtypes, shapes and bytes, in the order of the leaves. */
  readonly stateHash: string;
}

/** `hash` is the `stateHash` of the leaves. */
export function encodeState({ round, names, leaves }: StateFile, hash = stateHash(leaves)): Uint8Array {
  const metadata: Metadata = {
    format: FORMAT,
    round: String(round),
    leaves: JSON.stringify(names),
    stateHash: hash,
  };
  return encodeSafetensors(
    leaves.map((leaf, index) => [names[index]!, leaf] as const),
    { ...metadata },
  );
}

/**
 * Throws a `CheckpointError`, or a `BodyError` for what is no safetensors body, unless `bytes` are what `encodeState`
 * gave; what only a hash over all of it tells, such as another round, is the store's to check.
 */
export function decodeState(bytes: Uint8Array): StateFile {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxHeaderBytes: MAX_HEADER_BYTES });
  const read = (key: keyof Metadata): string => {
    if (Object.hasOwn(metadata, key)) return metadata[key]!;
    throw new CheckpointError(`need '${key}' in its metadata, got none`);
  };
  const format = read('format');
  if (format !== FORMAT) {
    const got = format.startsWith(EARLIER) ? 'that of an earlier version of Starling' : `'${format}'`;
    throw new CheckpointError(`need format ${FORMAT}, got ${got}`);
  }
  const names = namesIn(read('leaves'), tensors);
  const leaves = names.map((name) => tensors.get(name)!);
  const hash = stateHash(leaves);
  if (read('stateHash') !== hash) {
    throw new CheckpointError(`need a state of hash ${read('stateHash')}, got ${hash}`);
  }
  return { round: Number(read('round')), names, leaves };
}

/** Each of the tensors once, and all of them. */
function namesIn(text: string, tensors: ReadonlyMap<string, Tensor>): readonly string[] {
  const names = parsed(text);
  if (
    Array.isArray(names) &&
    names.length === tensors.size &&
    new Set(names).size === names.length &&
    names.every((name) => tensors.has(name))
  ) {
    return names;
  }
  const held = JSON.stringify([...tensors.keys()]);
  throw new CheckpointError(`leaves must name each of the tensors ${held} once, got ${text}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`leaves must be JSON, got '${text}'`, { cause });
  }
}
