// Sums over the steps of a scan, taken after the walk. Σₜ aₜᵀ bₜ is one matrix product of the stacks of a and b, far
// faster than one small product and one addition a step; sums, reshapes, transposes and padding pass it on.
import { sizeOf } from '@starling/federated-core/plan';
import type { KernelGraph, KernelNode, ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import { nodeOutputs } from '../../graph/walk.js';
import type { CapturedValue, Recording } from '../recording/recording.js';

export interface StepSum {
  /** Values of a step that are needed stacked. */
  readonly reads: readonly ValueId[];
  /** Records the sum; `stack` gives a value of all steps, stacked along the first axis. */
  afterwards(recording: Recording, stack: (id: ValueId) => CapturedValue, steps: number): CapturedValue;
}

/** How the sum of `value` over the steps can be taken after the walk; `null` if it must be a running sum. */
export function planSum(graph: KernelGraph, value: ValueId, stepwise: ReadonlySet<ValueId>): StepSum | null {
  const makers = new Map(graph.nodes.flatMap((node) => nodeOutputs(node).map((id) => [id, node] as const)));
  const spec = (id: ValueId): ValueSpec => graph.values[id] as ValueSpec;

  const plan = (id: ValueId): StepSum | null => {
    const node = makers.get(id);
    if (node?.op !== 'kernel') return null;
    if (!stepwise.has(id)) return constantSum(node);
    switch (node.kernel) {
      case 'Add':
        return bothSummed(node, id);
      case 'BatchMatMul':
        return productSum(node);
      case 'Concat':
        return concatSum(node);
      case 'PadV2':
      case 'Reshape':
      case 'Transpose':
        return passedOn(node);
      case 'Sum':
        return sumOfSums(node, id);
      default:
        return null;
    }
  };

  const constantSum = (node: KernelNode): StepSum | null => {
    const { value: number, shape, dtype } = node.attributes;
    if (node.kernel !== 'Fill' || number !== 0) return null;
    return {
      reads: [],
      afterwards: (recording) =>
        only(recording.kernel('Fill', {}, { shape: shape as number[], value: 0, dtype: dtype as string })),
    };
  };

  const bothSummed = (node: KernelNode, id: ValueId): StepSum | null => {
    const { a, b } = node.inputs as { readonly a: ValueId; readonly b: ValueId };
    const shape = spec(id).shape.join();
    if (spec(a).shape.join() !== shape || spec(b).shape.join() !== shape) return null;
    const left = plan(a);
    const right = plan(b);
    if (left === null || right === null) return null;
    return {
      reads: [...left.reads, ...right.reads],
      afterwards: (recording, stack, steps) =>
        only(
          recording.kernel(
            'Add',
            { a: left.afterwards(recording, stack, steps), b: right.afterwards(recording, stack, steps) },
            {},
          ),
        ),
    };
  };

  /** aₜ of shape [k, n] and bₜ of shape [k, m], multiplied as aₜᵀ bₜ. */
  const productSum = (node: KernelNode): StepSum | null => {
    const { a, b } = node.inputs as { readonly a: ValueId; readonly b: ValueId };
    const { transposeA, transposeB } = node.attributes;
    const rank2 = spec(a).shape.length === 2 && spec(b).shape.length === 2;
    if (!rank2 || transposeA !== true || transposeB === true || !stepwise.has(a) || !stepwise.has(b))
      return null;
    return {
      reads: [a, b],
      afterwards(recording, stack, steps) {
        const rows = (id: ValueId): CapturedValue => {
          const [first = 0, second = 0] = spec(id).shape;
          return only(recording.kernel('Reshape', { x: stack(id) }, { shape: [steps * first, second] }));
        };
        return only(
          recording.kernel(
            'BatchMatMul',
            { a: rows(a), b: rows(b) },
            { transposeA: true, transposeB: false },
          ),
        );
      },
    };
  };

  const concatSum = (node: KernelNode): StepSum | null => {
    const parts = (node.inputs['tensors'] as readonly ValueId[]).map(plan);
    if (parts.some((part) => part === null)) return null;
    const plans = parts as readonly StepSum[];
    return {
      reads: plans.flatMap((part) => part.reads),
      afterwards: (recording, stack, steps) => {
        const tensors = plans.map((part) => part.afterwards(recording, stack, steps));
        return only(recording.kernel('Concat', { tensors }, node.attributes));
      },
    };
  };

  const passedOn = (node: KernelNode): StepSum | null => {
    if (node.kernel === 'PadV2' && node.attributes['constantValue'] !== 0) return null;
    const inner = plan(node.inputs['x'] as ValueId);
    if (inner === null) return null;
    return {
      reads: inner.reads,
      afterwards: (recording, stack, steps) =>
        only(
          recording.kernel(node.kernel, { x: inner.afterwards(recording, stack, steps) }, node.attributes),
        ),
    };
  };

  const sumOfSums = (node: KernelNode, id: ValueId): StepSum | null => {
    const x = node.inputs['x'] as ValueId;
    // A stack of much more than the sum itself would cost more memory than a running sum saves time.
    if (!stepwise.has(x) || sizeOf(spec(x).shape) > LARGEST_SUMMAND) return null;
    const axes = node.attributes['axis'] as readonly number[];
    return {
      reads: [x],
      afterwards(recording, stack) {
        const axis = [0, ...axes.map((each) => each + 1)];
        const sum = only(recording.kernel('Sum', { x: stack(x) }, { axis, keepDims: false }));
        return only(recording.kernel('Reshape', { x: sum }, { shape: spec(id).shape }));
      },
    };
  };

  return plan(value);
}

const LARGEST_SUMMAND = 1 << 20;

function only(outputs: readonly CapturedValue[]): CapturedValue {
  return outputs[0] as CapturedValue;
}
