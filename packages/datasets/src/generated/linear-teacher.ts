// Images without meaning whose labels a fixed linear teacher gives: learnable data of any amount, made from the
// seed for each client. Its default shape is that of federated EMNIST, as benchmarks of federated learning use it.
import {
  deriveSeed,
  float32,
  type Generator,
  generator,
  int32,
  type Seed,
  sequence,
  struct,
} from '@starling/federated-core';
import { checkOptions, count, dataKinds, numberWithin, required } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';
import { generatedPopulation } from '@starling/population';

export interface LinearTeacherOptions {
  readonly clients: number;
  readonly seed: Seed;
  /** Examples a client; 100 by default. */
  readonly examples?: number;
  /** Labels; 62 by default. */
  readonly classes?: number;
}

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** The share of pixels with ink; the others are 0. */
const INK = 0.2;
const WORDS = 0x1_0000_0000;

/** An example: pixels from 0 to 1, and the teacher's label. */
export const linearTeacherExample = struct({ x: float32(SIDE, SIDE, 1), y: int32() });

/**
 * Clients hold `{ data }`, a sequence of `linearTeacherExample`. A pixel has ink with probability 0.2, and then a
 * uniform value; the label is the class with the largest score under a normal weight matrix.
 */
export function linearTeacher(options: LinearTeacherOptions): Population {
  checkOptions('Cannot make a linear teacher', options, {
    clients: required(count),
    seed: required(dataKinds.seed),
    examples: numberWithin({ whole: true, from: 0 }),
    classes: count,
  });
  const { clients, seed, examples = 100, classes = 62 } = options;
  const teacher = drawTeacher(classes, generator(deriveSeed(seed, 'linear-teacher')));
  return generatedPopulation({
    name: 'linear-teacher',
    size: clients,
    dataType: struct({ data: sequence(linearTeacherExample) }),
    seed,
    exampleCount: () => examples,
    generate: (_, clientRandom) => {
      const x = drawImages(examples, clientRandom);
      const y = Int32Array.from({ length: examples }, (_, row) =>
        label(x.subarray(row * PIXELS, (row + 1) * PIXELS), teacher),
      );
      return {
        data: {
          length: examples,
          columns: {
            x: { dtype: 'float32', shape: [examples, SIDE, SIDE, 1], data: x },
            y: { dtype: 'int32', shape: [examples], data: y },
          },
        },
      };
    },
  });
}

/** One random word a pixel: below INK it is ink, and how far below is its value. */
function drawImages(count: number, random: Generator): Float32Array {
  const pixels = new Float32Array(count * PIXELS);
  for (let at = 0; at < pixels.length; at++) {
    const uniform = random.uint32() / WORDS;
    if (uniform < INK) pixels[at] = uniform / INK;
  }
  return pixels;
}

interface Teacher {
  readonly classes: number;
  /** Row-major [PIXELS, classes]. */
  readonly weights: Float32Array;
  /** What the mean image scores, with its sign turned. */
  readonly offsets: Float64Array;
}

function drawTeacher(classes: number, random: Generator): Teacher {
  const weights = Float32Array.from({ length: PIXELS * classes }, random.normal);
  const offsets = new Float64Array(classes);
  weights.forEach((weight, at) => {
    offsets[at % classes] = (offsets[at % classes] as number) - (INK / 2) * weight;
  });
  return { classes, weights, offsets };
}

/** argmax of (image − mean image) · weights; pixels without ink are passed over. */
function label(image: Float32Array, { classes, weights, offsets }: Teacher): number {
  const scores = offsets.slice();
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const value = image[pixel] as number;
    if (value === 0) continue;
    const row = pixel * classes;
    for (let index = 0; index < classes; index++) {
      scores[index] = (scores[index] as number) + value * (weights[row + index] as number);
    }
  }
  return scores.indexOf(Math.max(...scores));
}
