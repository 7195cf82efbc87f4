// Lowering of matrix products, and of the gradient of elu.

import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import type { KernelCall, LoweringRule } from './lowering-rule.js';

const swapLastTwo = (builder: GraphBuilder, x: OnnxValue): OnnxValue => {
  const rank = x.shape.length;
  const axes = x.shape.map((_, axis) => axis);
  return builder.transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
};

/** A product of matrices, or of stacks of them; Gemm takes transposed operands without moving them. */
function batchMatMul(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const a = withoutStack(builder, call.input('a'));
  const b = withoutStack(builder, call.input('b'));
  if (a.shape.length === 2 && b.shape.length === 2) {
    const product = matrixProduct(builder, a, b, call.flag('transposeA'), call.flag('transposeB'));
    return builder.reshape(product, call.output.shape);
  }
  return builder.matMul(
    call.flag('transposeA') ? swapLastTwo(builder, call.input('a')) : call.input('a'),
    call.flag('transposeB') ? swapLastTwo(builder, call.input('b')) : call.input('b'),
  );
}

/** A stack of one matrix as that matrix. */
function withoutStack(builder: GraphBuilder, x: OnnxValue): OnnxValue {
  return x.shape.slice(0, -2).every((size) => size === 1) ? builder.reshape(x, x.shape.slice(-2)) : x;
}

function matrixProduct(
  builder: GraphBuilder,
  a: OnnxValue,
  b: OnnxValue,
  transposeA: boolean,
  transposeB: boolean,
): OnnxValue {
  if (a.dtype !== 'float32') {
    return builder.matMul(transposeA ? swapLastTwo(builder, a) : a, transposeB ? swapLastTwo(builder, b) : b);
  }
  if (!transposeA && !transposeB) return builder.matMul(a, b);
  const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number];
  return builder.emitOne(
    'Gemm',
    [a, b],
    { dtype: 'float32', shape },
    {
      ...(transposeA ? { transA: attribute.int(1) } : {}),
      ...(transposeB ? { transB: attribute.int(1) } : {}),
    },
  );
}

export const neuralRules = {
  BatchMatMul: batchMatMul,
  EluGrad: (builder, call) => {
    const dy = call.input('dy');
    const y = call.input('y');
    const below = builder.binary('Mul', dy, builder.binary('Add', y, builder.scalarLike(y, 1)));
    return builder.where(builder.compare('GreaterOrEqual', y, builder.scalarLike(y, 0)), dy, below);
  },
} as const satisfies Record<Extract<Kernel, 'BatchMatMul' | 'EluGrad'>, LoweringRule>;
