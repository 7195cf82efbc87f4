// The windows of tf.js kernels: what their padding, strides and dilations come to, for convolutions and pooling.

import type { Window } from '@starling/onnx';
import { backend_util } from '../../tensorflow/tf.js';
import type { KernelCall } from './lowering-rule.js';

type Shape4 = [number, number, number, number];
type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = 'floor' | 'round' | 'ceil';

const pairOf = (call: KernelCall, name: string): [number, number] => {
  if (call.attribute(name) === undefined || call.attribute(name) === null) return [1, 1];
  const [first = 1, second = first] = call.numbers(name);
  return [first, second];
};

const rounding = (call: KernelCall) =>
  (call.attribute('dimRoundingMode') ?? undefined) as Rounding | undefined;

export function convolutionWindow(
  call: KernelCall,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
): Window {
  return backend_util.computeConv2DInfo(
    [...inputShape] as Shape4,
    [...filterShape] as Shape4,
    pairOf(call, 'strides'),
    pairOf(call, 'dilations'),
    call.attribute('pad') as Padding,
    rounding(call),
    depthwise,
  );
}

export function poolingWindow(call: KernelCall, inputShape: readonly number[]): Window {
  return backend_util.computePool2DInfo(
    [...inputShape] as Shape4,
    pairOf(call, 'filterSize'),
    pairOf(call, 'strides'),
    1,
    call.attribute('pad') as Padding,
    rounding(call),
  );
}
