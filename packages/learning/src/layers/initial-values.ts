// Initial weights from a seed: the initializers of tf.js that draw, drawing from a generator of their own. Formulas and
// defaults are those of tf.js.
import type { Generator } from '@starling/federated-core';
import type { Initializer } from './deferred-weights.js';
import { orthogonalMatrix } from './orthogonal-matrix.js';

type Shape = readonly number[];
type Config = { readonly [option: string]: unknown };
type Draw = (config: Config, shape: Shape, random: Generator) => () => number;

/** By the class of initializer: a function that gives one element after the other, in row-major order. */
const draws: { readonly [className: string]: Draw } = {
  RandomUniform: ({ minval, maxval }, _, random) =>
    uniform(Number(minval ?? -0.05), Number(maxval ?? 0.05), random),
  RandomNormal: ({ mean, stddev }, _, random) => normal(Number(mean ?? 0), Number(stddev ?? 0.05), random),
  TruncatedNormal: ({ mean, stddev }, _, random) =>
    truncatedNormal(Number(mean ?? 0), Number(stddev ?? 0.05), random),
  // Glorot, Bengio, AISTATS 2010; He, Zhang, Ren, Sun, ICCV 2015; LeCun, Bottou, Orr, Müller, 1998.
  VarianceScaling: ({ scale, mode, distribution }, shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
    const variance = Number(scale ?? 1) / Math.max(1, fan);
    if (distribution === 'normal') return truncatedNormal(0, Math.sqrt(variance), random);
    const limit = Math.sqrt(3 * variance);
    return uniform(-limit, limit, random);
  },
  Orthogonal: ({ gain }, shape, random) => {
    const columns = shape.at(-1) ?? 1;
    const matrix = orthogonalMatrix(sizeBefore(shape), columns, random);
    let at = 0;
    return () => Number(gain ?? 1) * (matrix[at++] as number);
  },
};

/**
 * The values of a weight, in row-major order. An initializer that draws draws from `random`, unless it has a seed of
 * its own; that one, and those that do not draw, are asked themselves.
 */
export function initialValues(initializer: Initializer, shape: Shape, random: Generator): Float32Array {
  const config = initializer.getConfig() as Config;
  const draw = draws[initializer.getClassName()];
  if (draw === undefined || (config['seed'] ?? null) !== null) {
    const tensor = initializer.apply([...shape], 'float32');
    const values = Float32Array.from(tensor.dataSync());
    tensor.dispose();
    return values;
  }
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  const next = draw(config, shape, random);
  for (let index = 0; index < values.length; index++) values[index] = next();
  return values;
}

/** Of a matrix: rows and columns; of a convolution: input and output channels times the size of the kernel. */
function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length < 2) {
    const root = Math.sqrt(shape[0] ?? 1);
    return { fanIn: root, fanOut: root };
  }
  const places = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { fanIn: places * (shape.at(-2) as number), fanOut: places * (shape.at(-1) as number) };
}

function sizeBefore(shape: Shape): number {
  return shape.slice(0, -1).reduce((product, length) => product * length, 1);
}

// Weights are float32, so that one random word a number is enough, and a normal draw gives two numbers.

const WORDS = 0x1_0000_0000;

function uniform(low: number, high: number, random: Generator): () => number {
  return () => low + (high - low) * (random.uint32() / WORDS);
}

function normal(mean: number, stddev: number, random: Generator): () => number {
  const draw = standardNormal(random);
  return () => mean + stddev * draw();
}

/** Normal, drawn again where it is more than two standard deviations from the mean. */
function truncatedNormal(mean: number, stddev: number, random: Generator): () => number {
  const draw = standardNormal(random);
  return () => {
    let value = draw();
    while (Math.abs(value) > 2) value = draw();
    return mean + stddev * value;
  };
}

/** Box, Muller, "A Note on the Generation of Random Normal Deviates", 1958: both numbers of each pair. */
function standardNormal(random: Generator): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((random.uint32() + 1) / WORDS));
    const angle = (2 * Math.PI * random.uint32()) / WORDS;
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
