// The data of the standard work, number for number those of the peer scripts (peers/work.py): 200 clients with
// 100 images of 28×28×1, one pixel in five inked, labelled with one of 62 classes by a fixed linear teacher.
import { float32, int32, sequence, struct } from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';
import { randomState } from './random-state.js';

export const CLIENTS = 200;
export const EXAMPLES = 100;
export const CLASSES = 62;
export const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROWS = CLIENTS * EXAMPLES;
const INK = 0.2;

/** One example: an image with pixels from 0 to 1, and its label. */
export const standardExample = struct({ x: float32(SIDE, SIDE, 1), y: int32() });

export interface StandardData {
  /** [clients · examples, 784], by client, then example. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** Draws all 20,000 examples: 63 MB and about a second. */
export function standardData(seed = 0): StandardData {
  const random = randomState(seed);
  const images = new Float32Array(ROWS * PIXELS);
  for (let at = 0; at < images.length; at++) images[at] = random.uniform();
  for (let at = 0; at < images.length; at++) if (!(random.uniform() < INK)) images[at] = 0;
  const teacher = Float32Array.from({ length: PIXELS * CLASSES }, random.normal);
  return { images, labels: labelAll(images, teacher) };
}

/** The standard data as a population of clients that hold `{ data }`. */
export function standardPopulation(): Population {
  const { images, labels } = standardData();
  const dataType = struct({ data: sequence(standardExample) });
  const values = Array.from({ length: CLIENTS }, (_, client) => {
    const [from, to] = [client * EXAMPLES, (client + 1) * EXAMPLES];
    const x = {
      dtype: 'float32',
      shape: [EXAMPLES, SIDE, SIDE, 1],
      data: images.slice(from * PIXELS, to * PIXELS),
    } as const;
    const y = { dtype: 'int32', shape: [EXAMPLES], data: labels.slice(from, to) } as const;
    return { data: { length: EXAMPLES, columns: { x, y } } };
  });
  return populationOf(values, dataType, { name: 'standard-work' });
}

/** argmax of (image − mean image) · teacher for each image. */
function labelAll(images: Float32Array, teacher: Float32Array): Int32Array {
  // (x − mean) · w = x · w − mean · w, and four pixels in five of x are 0.
  const offsets = scores(meanImage(images), teacher);
  return Int32Array.from({ length: ROWS }, (_, row) => {
    const image = images.subarray(row * PIXELS, (row + 1) * PIXELS);
    const own = scores(image, teacher).map((score, index) => score - offsets[index]!);
    return own.indexOf(Math.max(...own));
  });
}

/** Summed in float32, as numpy's mean along the first axis is: a wider sum changes one label in 20,000. */
function meanImage(images: Float32Array): Float32Array {
  const sums = new Float32Array(PIXELS);
  for (let at = 0; at < images.length; at++) sums[at % PIXELS]! += images[at]!;
  return Float32Array.from(sums, (sum) => sum / ROWS);
}

function scores(image: Float32Array, teacher: Float32Array): Float64Array {
  const sums = new Float64Array(CLASSES);
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const ink = image[pixel]!;
    if (ink === 0) continue;
    const row = pixel * CLASSES;
    for (let index = 0; index < CLASSES; index++) sums[index]! += ink * teacher[row + index]!;
  }
  return sums;
}
