import { type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { Publication } from './publication.js';
import type { Command } from './workers/messages.js';

const floats = (...values: number[]): Tensor[] => [
  tensor('float32', [values.length], Float32Array.from(values)),
];
/** Kind, phase and numbers, as a worker reads them now. */
const read = (command: Command): unknown =>
  'leaves' in command
    ? [
        command.kind,
        'phase' in command ? command.phase : null,
        ...command.leaves.map(({ data }) => [...data]),
      ]
    : command.kind;

function publication() {
  const told: Command[] = [];
  return { told, published: new Publication((command) => void told.push(command)) };
}

describe('Publication', () => {
  test('`Publication` tells workers of a broadcast once while it fits, and counts its turns', () => {
    const { told, published } = publication();
    published.publish(1, floats(1, 2));
    published.publish(1, floats(3, 4));
    assert.deepEqual(told.map(read), [['broadcast-memory', 1, [3, 4]]]);
    assert.equal(published.turn(1), 2);
    assert.equal(published.turn(0), 0);
    published.publish(1, floats(5));
    assert.deepEqual(told.map(read), [
      ['broadcast-memory', 1, [3, 4]],
      ['broadcast-memory', 1, [5]],
    ]);
  });

  test('`Publication` writes in shared memory, which larger slices get anew', () => {
    const { told, published } = publication();
    published.publishSlices(floats(1));
    published.publishSlices(floats(2));
    published.publishSlices(floats(3, 4, 5, 6, 7));
    assert.deepEqual(told.map(read), [
      ['slices', null, [2]],
      ['slices', null, [2]],
      ['slices', null, [3, 4, 5, 6, 7]],
    ]);
    for (const command of told) {
      for (const { data } of (command as Extract<Command, { kind: 'slices' }>).leaves) {
        assert.instanceOf((data as Float32Array).buffer, SharedArrayBuffer);
      }
    }
  });

  test('`Publication` says what a worker that starts late must know', () => {
    const { published } = publication();
    assert.deepEqual(published.soFar(), []);
    published.publish(1, floats(1));
    published.publishSlices(floats(2));
    assert.deepEqual(published.soFar().map(read), [
      ['broadcast-memory', 1, [1]],
      ['slices', null, [2]],
    ]);
  });
});
