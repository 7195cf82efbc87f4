import { type Tensor, tensor } from '@starling/federated-core';
import { decodeSafetensors, encodeSafetensors } from '@starling/plan/safetensors';
import { describe, expect, test } from 'vitest';
import { decodeState, encodeState, type StateFile } from './state-file.js';

type Metadata = Readonly<Record<string, string>>;

const state: StateFile = {
  round: 3,
  names: ['step', 'weights', 'words'],
  leaves: [
    tensor('int32', [], Int32Array.of(1)),
    tensor('float32', [2], Float32Array.of(0.5, Number.NaN)),
    tensor('string', [1], ['a']),
  ],
};

/** The file of `state`, changed by somebody who leaves its hashes as they are. */
function changed(edit: (metadata: Metadata, tensors: Map<string, Tensor>) => Metadata): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(encodeState(state));
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

describe('decodeState', () => {
  test('`decodeState` gives what `encodeState` was given', () => {
    expect(decodeState(encodeState(state))).toEqual(state);
    const empty = { ...state, names: [], leaves: [] };
    expect(decodeState(encodeState(empty))).toEqual(empty);
  });

  test.each(['format', 'round', 'leaves', 'stateHash'])(
    '`decodeState` throws when the metadata has no %s',
    (key) => {
      expect(() => decodeState(without(key))).toThrow(`need '${key}' in its metadata, got none`);
    },
  );

  test.each<[string, Uint8Array, string | RegExp]>([
    ['another format', told({ format: 'other' }), "need format starling-state/1, got 'other'"],
    [
      'the format of an earlier version',
      told({ format: 'starling-checkpoint/2' }),
      'need format starling-state/1, got that of an earlier version of Starling',
    ],
    ['leaves that are no JSON', told({ leaves: '{' }), "leaves must be JSON, got '{'"],
    ['leaves twice', told({ leaves: '["step","step","words"]' }), 'leaves must name each of the tensors'],
    ['leaves left out', told({ leaves: '["step","weights"]' }), 'leaves must name each of the tensors'],
    [
      'leaves that it does not hold',
      told({ leaves: '["__proto__","step","words"]' }),
      'leaves must name each',
    ],
    ['leaves that are no array', told({ leaves: '{}' }), 'leaves must name each of the tensors'],
    [
      'leaves in another order',
      told({ leaves: '["weights","step","words"]' }),
      /need a state of hash [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    ['a tensor more', held('more', tensor('bool', [], Uint8Array.of(1))), 'leaves must name each'],
    [
      'other numbers',
      held('step', tensor('int32', [], Int32Array.of(2))),
      /need a state of hash [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'another shape',
      held('step', tensor('int32', [1], Int32Array.of(1))),
      /need a state of hash [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'another dtype',
      held('step', tensor('float32', [], Float32Array.of(1))),
      /need a state of hash [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'other words',
      held('words', tensor('string', [1], ['b'])),
      /need a state of hash [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
  ])('`decodeState` throws when the file has %s', (_, bytes, message) => {
    expect(() => decodeState(bytes)).toThrow(message);
  });

  test('`decodeState` throws whichever bit of a leaf is flipped, or of its name, shape or type', () => {
    const bytes = encodeState(state);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      try {
        const { names, leaves } = decodeState(flipped);
        // The round, which only a store's hash speaks for; or such as a blank after the header that became a tab.
        expect({ names, leaves }).toEqual({ names: state.names, leaves: state.leaves });
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error;
      }
    }
  });

  test('`decodeState` throws wherever the file is cut', () => {
    const bytes = encodeState(state);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow();
    }
  });
});
