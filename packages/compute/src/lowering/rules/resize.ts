// Lowering of image resizing. Nearest neighbours are picked by positions worked out here, in float64 as tf.js does:
// an ONNX runtime that works them out in float32 rounds some the other way.
import { tensor } from '@starling/federated-core';
import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import type { KernelCall, LoweringRule } from './lowering-rule.js';

function resizeBilinear(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const images = builder.cast(builder.transpose(call.input('images'), [0, 3, 1, 2]), 'float32');
  const [n, h, w, c] = call.output.shape as readonly [number, number, number, number];
  const plain = call.flag('halfPixelCenters') ? 'half_pixel' : 'asymmetric';
  const resized = builder.emitOne(
    'Resize',
    [images, null, null, builder.ints([n, c, h, w])],
    { dtype: 'float32', shape: [n, c, h, w] },
    {
      mode: attribute.string('linear'),
      coordinate_transformation_mode: attribute.string(call.flag('alignCorners') ? 'align_corners' : plain),
    },
  );
  return builder.transpose(resized, [0, 2, 3, 1]);
}

function resizeNearestNeighbor(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const images = call.input('images');
  const pick = (x: OnnxValue, axis: number): OnnxValue => {
    const positions = nearestPositions(
      x.shape[axis] as number,
      call.output.shape[axis] as number,
      call.flag('alignCorners'),
      call.flag('halfPixelCenters'),
    );
    return builder.gather(x, builder.constant(tensor('int32', [positions.length], positions)), axis);
  };
  const resized = pick(pick(images, 1), 2);
  return call.output.dtype === 'float32' ? builder.cast(resized, 'float32') : resized;
}

/** Which of `from` old positions each of `to` new ones takes. */
function nearestPositions(from: number, to: number, alignCorners: boolean, halfPixels: boolean): Int32Array {
  const corners = alignCorners && to > 1 ? 1 : 0;
  const ratio = (from - corners) / (to - corners);
  return Int32Array.from({ length: to }, (_, position) => {
    const place = ratio * (halfPixels ? position + 0.5 : position);
    return Math.max(0, Math.min(from - 1, alignCorners ? Math.round(place) : Math.floor(place)));
  });
}

export const resizeRules = {
  ResizeBilinear: resizeBilinear,
  ResizeNearestNeighbor: resizeNearestNeighbor,
} as const satisfies Record<Extract<Kernel, 'ResizeBilinear' | 'ResizeNearestNeighbor'>, LoweringRule>;
