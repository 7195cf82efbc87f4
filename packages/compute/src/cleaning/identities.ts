// Identities: nodes that give their input back, and pairs of nodes that are one. No value changes, to the last bit.
import { sizeOf } from '@starling/federated-core/plan';
import type {
  GraphDType,
  GraphNode,
  KernelGraph,
  KernelNode,
  ValueId,
  ValueSpec,
} from '../graph/kernel-graph.js';
import type { Kernel } from '../graph/kernels.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';

/** The graph without nodes that only pass their input on. */
export function removeIdentities(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'kernel') return node;
    const rule = rules[node.kernel];
    return rule?.(node, rewriter) ?? node;
  });
}

/** What stands in the node's place; `null` leaves it. */
type IdentityRule = (node: KernelNode, rewriter: Rewriter) => readonly ValueId[] | GraphNode | null;

const input = (node: KernelNode, name = 'x'): ValueId => node.inputs[name] as ValueId;

const sameSpec = (a: ValueSpec, b: ValueSpec): boolean =>
  a.dtype === b.dtype && sameNumbers(a.shape, b.shape);

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

const output = (node: KernelNode, rewriter: Rewriter): ValueSpec => rewriter.spec(node.outputs[0] as ValueId);

/** For kernels that change nothing where they keep the shape: a full slice, a reshape to the same, no padding. */
const unchangedShape: IdentityRule = (node, rewriter) =>
  sameSpec(rewriter.spec(input(node)), output(node, rewriter)) ? [input(node)] : null;

/** The kernel node of that name that makes a value. */
function madeBy(rewriter: Rewriter, id: ValueId, kernel: Kernel): KernelNode | null {
  const maker = rewriter.maker(id);
  return maker?.op === 'kernel' && maker.kernel === kernel ? maker : null;
}

const reshape: IdentityRule = (node, rewriter) => {
  const same = unchangedShape(node, rewriter);
  if (same !== null) return same;
  const inner = madeBy(rewriter, input(node), 'Reshape');
  if (inner === null) return null;
  const source = input(inner);
  if (sameSpec(rewriter.spec(source), output(node, rewriter))) return [source];
  return { ...node, inputs: { x: source } };
};

/** Every value of the first type is exact in the second. */
const WIDENS = new Set(['uint8 int32', 'bool int32', 'bool float32', 'uint8 float32', 'bool uint8']);

const cast: IdentityRule = (node, rewriter) => {
  const x = input(node);
  if (rewriter.spec(x).dtype === node.attributes['dtype']) return [x];
  const inner = madeBy(rewriter, x, 'Cast');
  if (inner === null) return null;
  const source = input(inner);
  const from: GraphDType = rewriter.spec(source).dtype;
  if (!WIDENS.has(`${from} ${rewriter.spec(x).dtype}`)) return null;
  return from === node.attributes['dtype'] ? [source] : { ...node, inputs: { x: source } };
};

const transpose: IdentityRule = (node, rewriter) => {
  const perm = node.attributes['perm'] as readonly number[];
  const inner = madeBy(rewriter, input(node), 'Transpose');
  const innerPerm = inner?.attributes['perm'] as readonly number[] | undefined;
  const composed = innerPerm === undefined ? perm : perm.map((axis) => innerPerm[axis] as number);
  const source = inner === null ? input(node) : input(inner);
  if (composed.every((axis, position) => axis === position)) return [source];
  return inner === null ? null : { ...node, inputs: { x: source }, attributes: { perm: composed } };
};

/** a ∘ neutral = a, where a has the shape and type of the result. */
const neutralRight =
  (neutral: number): IdentityRule =>
  (node, rewriter) => {
    const a = input(node, 'a');
    const isNeutral = Object.is(rewriter.uniformValue(input(node, 'b')), neutral);
    return isNeutral && sameSpec(rewriter.spec(a), output(node, rewriter)) ? [a] : null;
  };

const multiply: IdentityRule = (node, rewriter) => {
  const swapped: KernelNode = { ...node, inputs: { a: input(node, 'b'), b: input(node, 'a') } };
  return neutralRight(1)(node, rewriter) ?? neutralRight(1)(swapped, rewriter);
};

/** Reductions over axes of size 1 are reshapes. */
const reduction =
  (axisName = 'axis'): IdentityRule =>
  (node, rewriter) => {
    const spec = rewriter.spec(input(node));
    const axes = node.attributes[axisName] as readonly number[];
    if (spec.dtype !== output(node, rewriter).dtype || axes.some((axis) => spec.shape[axis] !== 1))
      return null;
    const { shape } = output(node, rewriter);
    if (sameNumbers(shape, spec.shape)) return [input(node)];
    return { ...node, kernel: 'Reshape', inputs: { x: input(node) }, attributes: { shape } };
  };

const concat: IdentityRule = (node, rewriter) => {
  const tensors = node.inputs['tensors'] as readonly ValueId[];
  const filled = tensors.filter((id) => sizeOf(rewriter.spec(id).shape) > 0);
  const [only] = filled;
  if (filled.length === 1 && only !== undefined) return [only];
  return null;
};

const negation: IdentityRule = (node, rewriter) => {
  const inner = madeBy(rewriter, input(node), 'Neg');
  return inner === null ? null : [input(inner)];
};

const rules: { readonly [K in Kernel]?: IdentityRule } = {
  Cast: cast,
  Concat: concat,
  Identity: (node) => [input(node)],
  Max: reduction('reductionIndices'),
  Mean: reduction(),
  Min: reduction(),
  Multiply: multiply,
  Neg: negation,
  PadV2: unchangedShape,
  Prod: reduction(),
  RealDiv: neutralRight(1),
  Reshape: reshape,
  Slice: unchangedShape,
  Sub: neutralRight(0),
  Sum: reduction(),
  Tile: unchangedShape,
  Transpose: transpose,
};
