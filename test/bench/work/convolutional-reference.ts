// The gradient of the standard convolutional network, from its definition and in float64: what a step of the standard
// work is held against. Written apart from Starling's own code; slow.

export interface Layers {
  /** [3, 3, I, O], as [3 · 3 · I, O], and dense matrices [I, O]. */
  readonly kernels: readonly ArrayLike<number>[];
  readonly biases: readonly ArrayLike<number>[];
}

interface Image {
  readonly side: number;
  readonly channels: number;
  /** [side, side, channels] */
  readonly data: Float64Array;
}

/** Gradients of the mean cross-entropy, in the order kernel, bias, kernel, …, of images [28, 28] and labels. */
export function convolutionalGradients(
  { kernels, biases }: Layers,
  images: readonly ArrayLike<number>[],
  labels: readonly number[],
): readonly Float64Array[] {
  const gradients = kernels.flatMap((kernel, layer) => [
    new Float64Array(kernel.length),
    new Float64Array(biases[layer]?.length ?? 0),
  ]);
  images.forEach((pixels, index) => {
    const steps: { readonly input: Image; readonly output: Image }[] = [];
    let image: Image = { side: 28, channels: 1, data: Float64Array.from(pixels) };
    for (const layer of [0, 1]) {
      const output = relu(
        convolve(image, kernels[layer] as ArrayLike<number>, biases[layer] as ArrayLike<number>),
      );
      steps.push({ input: image, output });
      image = output;
    }
    const pooled = maxPool(image);
    const hidden = dense(pooled.values, kernels[2] as ArrayLike<number>, biases[2] as ArrayLike<number>).map(
      positive,
    );
    const logits = dense(hidden, kernels[3] as ArrayLike<number>, biases[3] as ArrayLike<number>);
    const dLogits = softmax(logits).map(
      (p, label) => (p - (label === labels[index] ? 1 : 0)) / images.length,
    );
    const dHidden = denseBack(hidden, dLogits, kernels[3] as ArrayLike<number>, gradients, 3).map(
      masked(hidden),
    );
    const dPooled = denseBack(pooled.values, dHidden, kernels[2] as ArrayLike<number>, gradients, 2);
    let dy = new Float64Array(image.data.length);
    pooled.places.forEach((place, cell) => {
      dy[place] = dPooled[cell] as number;
    });
    for (const layer of [1, 0]) {
      const { input, output } = steps[layer] as (typeof steps)[number];
      dy = convolveBack(
        input,
        output,
        dy.map(masked(output.data)),
        kernels[layer] as ArrayLike<number>,
        gradients,
        layer,
      );
    }
  });
  return gradients;
}

const positive = (x: number): number => (x > 0 ? x : 0);
/** The relu's derivative is 0 at 0. */
const masked = (y: Float64Array) => (dy: number, place: number) => ((y[place] as number) > 0 ? dy : 0);
const relu = (image: Image): Image => ({ ...image, data: image.data.map(positive) });

/**
 * Each product of a 3 × 3 convolution without padding, as positions in input, kernel and output; one call for all
 * outputs of a row.
 */
function eachRow(input: Image, outputs: number, visit: (x: number, kernel: number, y: number) => void): void {
  const side = input.side - 2;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++)
          for (let i = 0; i < input.channels; i++)
            visit(
              ((row + a) * input.side + column + b) * input.channels + i,
              ((a * 3 + b) * input.channels + i) * outputs,
              (row * side + column) * outputs,
            );
}

function convolve(input: Image, kernel: ArrayLike<number>, bias: ArrayLike<number>): Image {
  const [side, channels] = [input.side - 2, bias.length];
  const data = Float64Array.from(
    { length: side * side * channels },
    (_, place) => bias[place % channels] as number,
  );
  eachRow(input, channels, (x, k, y) => {
    const value = input.data[x] as number;
    if (value === 0) return;
    for (let o = 0; o < channels; o++) data[y + o]! += value * (kernel[k + o] as number);
  });
  return { side, channels, data };
}

function convolveBack(
  input: Image,
  output: Image,
  dy: Float64Array,
  kernel: ArrayLike<number>,
  gradients: readonly Float64Array[],
  layer: number,
): Float64Array<ArrayBuffer> {
  const [dKernel, dBias] = gradients.slice(2 * layer) as [Float64Array, Float64Array];
  const dx = new Float64Array(input.data.length);
  dy.forEach((value, place) => {
    dBias[place % output.channels]! += value;
  });
  eachRow(input, output.channels, (x, k, y) => {
    let sum = 0;
    const value = input.data[x] as number;
    for (let o = 0; o < output.channels; o++) {
      const each = dy[y + o] as number;
      dKernel[k + o]! += value * each;
      sum += each * (kernel[k + o] as number);
    }
    dx[x]! += sum;
  });
  return dx;
}

/** Maxima of 2 × 2, and where each stood: the first of those that are equal. */
function maxPool({ side, channels, data }: Image): {
  readonly values: Float64Array;
  readonly places: readonly number[];
} {
  const places: number[] = [];
  for (let row = 0; row < side; row += 2)
    for (let column = 0; column < side; column += 2)
      for (let channel = 0; channel < channels; channel++) {
        const corner = (row * side + column) * channels + channel;
        const window = [0, channels, side * channels, (side + 1) * channels].map((step) => corner + step);
        places.push(
          window.reduce((best, next) => ((data[next] as number) > (data[best] as number) ? next : best)),
        );
      }
  return { values: Float64Array.from(places, (place) => data[place] as number), places };
}

function dense(x: Float64Array, kernel: ArrayLike<number>, bias: ArrayLike<number>): Float64Array {
  const y = Float64Array.from(bias);
  x.forEach((value, i) => {
    for (let o = 0; o < y.length; o++) y[o]! += value * (kernel[i * y.length + o] as number);
  });
  return y;
}

function denseBack(
  x: Float64Array,
  dy: Float64Array,
  kernel: ArrayLike<number>,
  gradients: readonly Float64Array[],
  layer: number,
): Float64Array {
  const [dKernel, dBias] = gradients.slice(2 * layer) as [Float64Array, Float64Array];
  dy.forEach((value, o) => {
    dBias[o]! += value;
  });
  return x.map((value, i) => {
    let sum = 0;
    dy.forEach((each, o) => {
      dKernel[i * dy.length + o]! += value * each;
      sum += each * (kernel[i * dy.length + o] as number);
    });
    return sum;
  });
}

function softmax(logits: Float64Array): Float64Array {
  const largest = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - largest));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}
