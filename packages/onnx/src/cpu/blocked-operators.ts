// onnxruntime's own operators for images kept in blocks of channels ([N, C/b, H, W, b], b = 8 or 16), which it uses by
// itself only where filters are constant. Their direct convolution needs no copy of its input, as the ordinary one
// does.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxAttribute, OnnxNode, OnnxValue } from '../model/onnx-model.js';

export const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

type Attributes = OnnxNode['attributes'];

/** Images into blocks, from [N, C, H, W] or, channels last, from [N, H, W, C]. Shapes are stated as [N, C, H, W]. */
export function intoBlocks(builder: GraphBuilder, images: OnnxValue, channelsLast: boolean): OnnxValue {
  const [n, a, b, c] = images.shape as readonly [number, number, number, number];
  const shape = channelsLast ? [n, c, a, b] : images.shape;
  const attributes: Attributes = channelsLast ? { channels_last: attribute.int(1) } : {};
  return builder.emitOne(
    'ReorderInput',
    [images],
    { dtype: images.dtype, shape },
    attributes,
    BLOCKED_DOMAIN,
  );
}

/** Images out of blocks, as [N, C, H, W] or, channels last, as [N, H, W, C]. */
export function outOfBlocks(builder: GraphBuilder, blocked: OnnxValue, channelsLast: boolean): OnnxValue {
  const [n, c, h, w] = blocked.shape as readonly [number, number, number, number];
  const shape = channelsLast ? [n, h, w, c] : blocked.shape;
  const attributes: Record<string, OnnxAttribute> = { channels: attribute.int(c) };
  if (channelsLast) attributes['channels_last'] = attribute.int(1);
  return builder.emitOne(
    'ReorderOutput',
    [blocked],
    { dtype: blocked.dtype, shape },
    attributes,
    BLOCKED_DOMAIN,
  );
}

/** Filters [O, I, H, W] as [O/b, I/b, H, W, b of I, b of O], in a shape of four axes. */
export function blockedFilter(builder: GraphBuilder, filter: OnnxValue, block: number): OnnxValue {
  const [o, i, h, w] = filter.shape as readonly [number, number, number, number];
  const split = builder.reshape(filter, [o / block, block, i / block, block, h, w]);
  return builder.reshape(builder.transpose(split, [0, 2, 4, 5, 3, 1]), filter.shape);
}

/** A convolution from blocks to blocks; inputs are the images, the filter and perhaps a bias. */
export function blockedConvolution(
  builder: GraphBuilder,
  inputs: readonly OnnxValue[],
  shape: readonly number[],
  attributes: Attributes,
): OnnxValue {
  return builder.emitOne('Conv', inputs, { dtype: 'float32', shape }, attributes, BLOCKED_DOMAIN);
}
