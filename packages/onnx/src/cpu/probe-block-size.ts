// Finds out how many channels this machine's onnxruntime keeps together in its blocked convolutions: 16 with AVX-512, 8
// with AVX2, none elsewhere. There is no way to ask, so a small convolution is computed for each size: the right size
// gives the right numbers.
import { type Tensor, tensor } from '@starling/federated-core';
import { attribute, GraphBuilder } from '../builder/graph-builder.js';
import { encodeModel } from '../model/encode-model.js';
import { blockedConvolution, blockedFilter, intoBlocks, outOfBlocks } from './blocked-operators.js';

/** Runs a model on one input; gives its first output. */
export type RunOnce = (model: Uint8Array, input: Tensor) => Promise<Tensor>;

const SIZES = [16, 8] as const;
const CHANNELS = 32;

/** The block size, or `null` if blocked convolutions are not to be had. */
export async function probeBlockSize(run: RunOnce): Promise<number | null> {
  const x = tensor(
    'float32',
    [1, CHANNELS, 1, 1],
    Float32Array.from({ length: CHANNELS }, (_, i) => i - 7),
  );
  for (const size of SIZES) {
    try {
      const { data } = await run(probeModel(size), x);
      if (expected(x).every((value, channel) => data[channel] === value)) return size;
    } catch {
      // Not an operator of this build, or not on this processor.
    }
  }
  return null;
}

/** Small integers, so that sums are exact in any order. */
const weight = (output: number, input: number): number => ((output * 5 + input * 3) % 7) - 3;

function probeModel(size: number): Uint8Array {
  const builder = new GraphBuilder();
  const x = builder.value('argument', { dtype: 'float32', shape: [1, CHANNELS, 1, 1] });
  const weights = Float32Array.from({ length: CHANNELS * CHANNELS }, (_, at) =>
    weight(Math.floor(at / CHANNELS), at % CHANNELS),
  );
  const filter = builder.constant(tensor('float32', [CHANNELS, CHANNELS, 1, 1], weights));
  const inputs = [intoBlocks(builder, x, false), blockedFilter(builder, filter, size)] as const;
  const result = blockedConvolution(builder, inputs, x.shape, { kernel_shape: attribute.ints([1, 1]) });
  return encodeModel(builder.finish('probe', [x], [outOfBlocks(builder, result, false)]));
}

function expected(x: Tensor): readonly number[] {
  return Array.from({ length: CHANNELS }, (_, output) =>
    Array.from({ length: CHANNELS }, (_none, input) => weight(output, input) * Number(x.data[input])).reduce(
      (sum, product) => sum + product,
    ),
  );
}
