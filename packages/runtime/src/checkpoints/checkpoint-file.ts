// One checkpoint as the bytes of one file: a safetensors body of the state's leaves, whose metadata says the round, the
// run's identity, the order of the leaves, and two hashes by which a file that was damaged or changed is known when it
// is read.
import type { Tensor } from '@starling/federated-core';
import { decodeSafetensors, encodeSafetensors, sha256Hex, stateHash } from '@starling/plan/safetensors';
import { CheckpointError } from '../runtime/errors.js';
import type { BestProgress, Checkpoint, ResumedCheckpoint } from './checkpoint-store.js';
import type { PlainObject } from './run-identity.js';

const FORMAT = 'starling-checkpoint/2';
/** Its files have no hashes. */
const EARLIER_FORMAT = 'starling-checkpoint';
const MAX_HEADER_BYTES = 64 << 20;

/** All text, as safetensors asks for. */
interface Metadata {
  readonly format: string;
  readonly round: string;
  /** JSON. */
  readonly identity: string;
  /** The names of the leaves in their order, since a file may hold its tensors in any order: JSON. */
  readonly leaves: string;
  /** See `stateHash`: over dtypes, shapes and bytes, in the order of the leaves. */
  readonly stateHash: string;
  /** Of a run that looks for its best state: JSON. */
  readonly best?: string;
}

export function encodeCheckpoint({ round, identity, names, leaves, best }: Checkpoint): Uint8Array {
  const metadata: Metadata = {
    format: FORMAT,
    round: String(round),
    identity: JSON.stringify(identity),
    leaves: JSON.stringify(names),
    stateHash: stateHash(leaves),
    ...(best !== undefined && { best: JSON.stringify(best) }),
  };
  return encodeSafetensors(
    leaves.map((leaf, index) => [names[index]!, leaf] as const),
    { ...metadata, sha256: hashOf(metadata) },
  );
}

/**
 * The checkpoint of round `wanted` in `bytes`, or by default of whatever round it is. Throws a `CheckpointError`, or a
 * `BodyError` for what is no safetensors body, unless it is what `encodeCheckpoint` wrote for that round.
 */
export function decodeCheckpoint(bytes: Uint8Array, wanted?: number): ResumedCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxHeaderBytes: MAX_HEADER_BYTES });
  const read = (key: string): string => {
    if (Object.hasOwn(metadata, key)) return metadata[key]!;
    throw new CheckpointError(`need '${key}' in its metadata, got none`);
  };
  const check = (key: string, wanted: string): string => {
    if (read(key) === wanted) return wanted;
    throw new CheckpointError(`${key} must be ${wanted}, got '${read(key)}'`);
  };
  if (read('format') === EARLIER_FORMAT) {
    throw new CheckpointError(`need format ${FORMAT}, got that of an earlier version of Starling`);
  }
  const format = check('format', FORMAT);
  const round = Number(wanted === undefined ? read('round') : check('round', String(wanted)));
  const identity = identityIn(read('identity'));
  const names = namesIn(read('leaves'), tensors);
  const leaves = names.map((name) => tensors.get(name)!);
  const told: Metadata = {
    format,
    round: String(round),
    identity: read('identity'),
    leaves: read('leaves'),
    stateHash: check('stateHash', stateHash(leaves)),
    ...(Object.hasOwn(metadata, 'best') && { best: read('best') }),
  };
  check('sha256', hashOf(told));
  return { round, identity, names, leaves, ...(told.best !== undefined && { best: progressIn(told.best) }) };
}

/** Over all metadata, the state's own hash among it, and so over the whole file. */
function hashOf({ format, round, identity, leaves, stateHash, best }: Metadata): string {
  const parts = [format, round, identity, leaves, stateHash, ...(best === undefined ? [] : [best])];
  return sha256Hex(new TextEncoder().encode(JSON.stringify(parts)));
}

function progressIn(text: string): BestProgress {
  const { round, value, since } = (parsed('best', text) ?? {}) as Partial<BestProgress>;
  const isProgress =
    Number.isSafeInteger(round) && Number.isSafeInteger(since) && (value === null || Number.isFinite(value));
  if (isProgress) return { round: round!, value: value!, since: since! };
  throw new CheckpointError(`best must have round, value and since, got ${text}`);
}

function identityIn(text: string): PlainObject {
  const identity = parsed('identity', text);
  if (typeof identity !== 'object' || identity === null || Array.isArray(identity)) {
    throw new CheckpointError(`identity must be an object, got ${text}`);
  }
  return identity as PlainObject;
}

/** Each of the tensors once, and all of them. */
function namesIn(text: string, tensors: ReadonlyMap<string, Tensor>): readonly string[] {
  const names = parsed('leaves', text);
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

function parsed(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${key} must be JSON, got '${text}'`, { cause });
  }
}
