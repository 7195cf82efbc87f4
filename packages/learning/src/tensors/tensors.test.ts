import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { mapTensors, pickTensors } from './tensors.js';

describe('mapTensors', () => {
  test('matches the tensors of several records by name', () => {
    const sum = mapTensors(
      tf.add,
      { a: tf.scalar(1), b: tf.scalar(2) },
      { b: tf.scalar(20), a: tf.scalar(10) },
    );
    expect(sum['a']?.dataSync()[0]).toBe(11);
    expect(sum['b']?.dataSync()[0]).toBe(22);
  });

  test('throws when a name is missing', () => {
    expect(() => mapTensors(tf.add, { a: tf.scalar(1) }, { b: tf.scalar(2) })).toThrow(
      "Cannot find a tensor: need 'a', got b",
    );
  });
});

describe('pickTensors', () => {
  test('gives the tensors of some names', () => {
    expect(Object.keys(pickTensors({ a: tf.scalar(1), b: tf.scalar(2) }, ['b']))).toEqual(['b']);
  });
});
