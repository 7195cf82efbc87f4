import { type Tensor, tensor } from '@starling/federated-core';
import { decodeSafetensors, encodeSafetensors } from '@starling/plan/safetensors';
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.js';
import type { Checkpoint } from './checkpoint-store.js';

type Metadata = Readonly<Record<string, string>>;

const checkpoint: Checkpoint = {
  round: 3,
  identity: {
    plan: 'a'.repeat(64),
    initialize: null,
    seed: 7,
    settings: { name: 'Grüße' },
    arguments: 'b'.repeat(64),
    engine: { server: 'onnx', clients: 'onnx' },
    sampler: { name: 'uniform', cohortSize: 10, firstCohort: 'c'.repeat(64) },
    population: { name: 'toy', size: 40 },
    versions: { starling: '0.1.0', planFormat: 1 },
  },
  names: ['step', 'weights', 'words'],
  leaves: [
    tensor('int32', [], Int32Array.of(1)),
    tensor('float32', [2], Float32Array.of(0.5, Number.NaN)),
    tensor('string', [1], ['a']),
  ],
};

/** The file of `checkpoint`, changed by somebody who leaves its hashes as they are. */
function changed(edit: (metadata: Metadata, tensors: Map<string, Tensor>) => Metadata): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint));
  const edited = new Map(tensors);
  const { 'string:words': _, ...rest } = metadata;
  const told = edit(rest, edited);
  return encodeSafetensors(edited, told);
}

const without = (key: string) =>
  changed((metadata) => Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== key)));
const told = (more: Metadata) => changed((metadata) => ({ ...metadata, ...more }));
const held = (name: string, leaf: Tensor) =>
  changed((metadata, tensors) => {
    tensors.set(name, leaf);
    return metadata;
  });

describe('decodeCheckpoint', () => {
  test('`decodeCheckpoint` gives what `encodeCheckpoint` was given', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), 3)).toEqual(checkpoint);
    const empty = { ...checkpoint, names: [], leaves: [] };
    expect(decodeCheckpoint(encodeCheckpoint(empty), 3)).toEqual(empty);
  });

  test.each(['format', 'round', 'identity', 'leaves', 'stateHash', 'sha256'])(
    '`decodeCheckpoint` throws when the metadata has no %s',
    (key) => {
      expect(() => decodeCheckpoint(without(key), 3)).toThrow(`need '${key}' in its metadata, got none`);
    },
  );

  test.each(['', 'x', 'NaN', '-1', '2.5', '1', '1e9', 'Infinity', ' 3 ', '0x3', '3.0', '03'])(
    "`decodeCheckpoint` throws when the round is '%s', and not that of the file",
    (round) => {
      expect(() => decodeCheckpoint(told({ round }), 3)).toThrow(`round must be 3, got '${round}'`);
    },
  );

  const names = JSON.stringify(['step', 'weights', 'words']);
  test.each<[string, Uint8Array, string]>([
    ['another format', told({ format: 'other' }), "format must be starling-checkpoint/2, got 'other'"],
    [
      'the format of an earlier version',
      told({ format: 'starling-checkpoint' }),
      'need format starling-checkpoint/2, got that of an earlier version of Starling',
    ],
    ['an identity of null', told({ identity: 'null' }), 'identity must be an object, got null'],
    ['an identity that is an array', told({ identity: '[]' }), 'identity must be an object, got []'],
    ['an identity that is no JSON', told({ identity: '{' }), "identity must be JSON, got '{'"],
    ['another identity', told({ identity: '{}' }), 'sha256 must be'],
    ['leaves twice', told({ leaves: '["step","step","words"]' }), 'leaves must name each of the tensors'],
    ['leaves left out', told({ leaves: '["step","weights"]' }), 'leaves must name each of the tensors'],
    [
      'leaves that it does not hold',
      told({ leaves: '["__proto__","step","words"]' }),
      'leaves must name each',
    ],
    ['leaves that are no array', told({ leaves: '{}' }), 'leaves must name each of the tensors'],
    ['leaves in another order', told({ leaves: '["weights","step","words"]' }), 'stateHash must be'],
    ['leaves written in another way', told({ leaves: ` ${names}` }), 'sha256 must be'],
    ['a tensor more', held('more', tensor('bool', [], Uint8Array.of(1))), 'leaves must name each'],
    ['other numbers', held('step', tensor('int32', [], Int32Array.of(2))), 'stateHash must be'],
    ['another shape', held('step', tensor('int32', [1], Int32Array.of(1))), 'stateHash must be'],
    ['another dtype', held('step', tensor('float32', [], Float32Array.of(1))), 'stateHash must be'],
    ['other words', held('words', tensor('string', [1], ['b'])), 'stateHash must be'],
  ])('`decodeCheckpoint` throws when the file has %s', (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes, 3)).toThrow(message);
  });

  test('`decodeCheckpoint` throws whichever bit of the file is flipped, or gives what was written', () => {
    const bytes = encodeCheckpoint(checkpoint);
    let found = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      try {
        // Such as a blank after the header that became a tab.
        expect(decodeCheckpoint(flipped, 3)).toEqual(checkpoint);
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error;
        found++;
      }
    }
    // Only the padding of the header, of at most 7 bytes, may hold something else.
    expect(found).toBeGreaterThanOrEqual((bytes.length - 7) * 8);
  });

  test('`decodeCheckpoint` throws wherever the file is cut', () => {
    const bytes = encodeCheckpoint(checkpoint);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), 3)).toThrow();
    }
  });
});
