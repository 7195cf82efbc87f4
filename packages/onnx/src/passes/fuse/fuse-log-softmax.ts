// Pass: x − (max x + log Σ exp(x − max x)) over the last axis, as tf.js writes the logarithm of a softmax, becomes one
// LogSoftmax; and exp of it one Softmax, where the logarithm is not needed besides.
import { attribute } from '../../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const fuseLogSoftmax: Pass = {
  name: 'fuse-log-softmax',
  rewrite(node, context) {
    const [x, y] = node.inputs as readonly [OnnxValue, OnnxValue];
    const lastAxis = { axis: attribute.int(-1) };
    if (node.op === 'Exp') {
      const logarithm = context.producedBy('LogSoftmax', x);
      if (!logarithm || context.uses(x) !== 1) return null;
      return context.builder.unary('Softmax', logarithm.inputs[0] as OnnxValue, lastAxis);
    }
    if (node.op !== 'Sub' || !isLogSumExp(y, x, context)) return null;
    return context.builder.unary('LogSoftmax', x, lastAxis);
  },
};

/** Whether `value` is max x + log Σ exp(x − max x), up to axes of size 1. */
function isLogSumExp(value: OnnxValue, x: OnnxValue, context: RewriteContext): boolean {
  const sum = context.producedBy('Add', throughReshapes(value, context));
  if (!sum) return false;
  const [a, b] = sum.inputs.map((input) => throughReshapes(input, context)) as [OnnxValue, OnnxValue];
  return isMaxAndLog(a, b, x, context) || isMaxAndLog(b, a, x, context);
}

function isMaxAndLog(maximum: OnnxValue, log: OnnxValue, x: OnnxValue, context: RewriteContext): boolean {
  const { producedBy } = context;
  const max = producedBy('ReduceMax', withoutNanGuard(maximum, context));
  const sum = producedBy('ReduceSum', throughReshapes(producedBy('Log', log)?.inputs[0] ?? null, context));
  const difference = producedBy('Sub', producedBy('Exp', sum?.inputs[0])?.inputs[0]);
  if (!max || !sum || !difference) return false;
  const subtracted = throughReshapes(difference.inputs[1] ?? null, context);
  return (
    max.inputs[0] === x &&
    difference.inputs[0] === x &&
    withoutNanGuard(subtracted, context) === max.outputs[0] &&
    isOverLastAxis(max, x, context) &&
    isOverLastAxis(sum, x, context)
  );
}

/** The maximum behind the choice of NaN where an element is NaN: a NaN makes the whole logarithm NaN anyway. */
function withoutNanGuard(value: OnnxValue | null, context: RewriteContext): OnnxValue | null {
  const inner = throughReshapes(value, context);
  const choice = context.producedBy('Where', inner)?.inputs;
  if (!choice || !Number.isNaN(context.constant(choice[1])?.data[0])) return inner;
  return throughReshapes(choice[2] ?? null, context);
}

function isOverLastAxis(reduction: OnnxNode, x: OnnxValue, { constant }: RewriteContext): boolean {
  const axes = constant(reduction.inputs[1])?.data;
  return axes?.length === 1 && Number(axes[0]) === x.shape.length - 1;
}

function throughReshapes(value: OnnxValue | null, { producedBy }: RewriteContext): OnnxValue | null {
  let current = value;
  for (let node = producedBy('Reshape', current); node; node = producedBy('Reshape', current)) {
    current = node.inputs[0] as OnnxValue;
  }
  return current;
}
