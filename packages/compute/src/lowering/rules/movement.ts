// Lowering of kernels that move elements about: reshape, transpose, slice, pad, tile, concatenate, reverse.

import type { OnnxValue } from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import { type KernelCall, LoweringError, type LoweringRule } from './lowering-rule.js';

const allAxes = (x: OnnxValue): readonly number[] => x.shape.map((_, axis) => axis);

function pairs(call: KernelCall, name: string): (readonly [number, number])[] {
  const value = call.attribute(name);
  if (!Array.isArray(value)) throw new LoweringError(`Cannot lower ${call.kernel}: ${name} must be pairs`);
  return value.map((pair) => [Number(pair[0]), Number(pair[1])] as const);
}

export const movementRules = {
  Concat: (builder, call) =>
    builder.concat(call.inputs(), call.axes('axis', call.output.shape.length)[0] ?? 0),
  Fill: (builder, call) => {
    const { dtype, shape } = call.output;
    const value = call.attribute('value');
    const scalar = builder.filled(dtype, typeof value === 'boolean' ? Number(value) : call.number('value'));
    return shape.length === 0 ? scalar : builder.expand(scalar, shape);
  },
  PadV2: (builder, call) =>
    builder.pad(call.input('x'), pairs(call, 'paddings'), call.number('constantValue', 0)),
  Reshape: (builder, call) => builder.reshape(call.input('x'), call.output.shape),
  Reverse: (builder, call) => {
    const x = call.input('x');
    const axes = call.axes('dims', x.shape.length);
    const sizes = axes.map((axis) => x.shape[axis] as number);
    const last = sizes.map((size) => size - 1);
    return builder.slice(
      x,
      axes,
      last,
      sizes,
      axes.map(() => -1),
    );
  },
  Slice: (builder, call) => {
    const x = call.input('x');
    return builder.slice(x, allAxes(x), call.numbers('begin'), call.output.shape);
  },
  Tile: (builder, call) =>
    builder.emitOne('Tile', [call.input('x'), builder.ints(call.numbers('reps'))], call.output),
  Transpose: (builder, call) => builder.transpose(call.input('x'), call.numbers('perm')),
} as const satisfies Record<
  Extract<Kernel, 'Concat' | 'Fill' | 'PadV2' | 'Reshape' | 'Reverse' | 'Slice' | 'Tile' | 'Transpose'>,
  LoweringRule
>;
