import { float32, type LocalComputation, tensor } from '@starling/federated-core';
import { expect, test, vi } from 'vitest';
import type * as tf from '../tensorflow/tf.js';
import { debugBodies } from './debug-bodies.js';
import { eagerRunner } from './eager-runner.js';
import { localComputation } from './local-computation.js';

test('`debugBodies` lets a body read and print, and shows it where the body is run eagerly alone', async () => {
  const plain = localComputation({ x: float32() }, ({ x }) => x.mul(2));
  const talking = ({ x }: { readonly x: tf.Tensor }): tf.Tensor => {
    const doubled = x.mul(2);
    doubled.print();
    console.log('first', doubled.dataSync()[0]);
    return doubled;
  };
  expect(() => localComputation({ x: float32() }, talking)).toThrow("Cannot read a tensor's value");
  debugBodies();
  const shown = vi.spyOn(console, 'log').mockImplementation(() => {});
  const local = localComputation({ x: float32() }, talking) as LocalComputation;
  expect(local.id).toBe(plain.id);
  expect(shown).not.toHaveBeenCalled();
  await eagerRunner().run(local, [tensor('float32', [], Float32Array.of(3))], [1, 2]);
  expect(shown.mock.calls).toEqual([['Tensor\n    6'], ['first', 6]]);
  shown.mockRestore();
});
