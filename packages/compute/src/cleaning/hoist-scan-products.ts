// Products out of scans: x W, of an element and a matrix that all steps share, is one large product of all elements
// before the walk; and where only a result is made of p W, p is handed out and multiplied after it. Recurrent layers
// keep in their walk only the product that needs the step before.
import type { KernelGraph, KernelNode, ScanNode, ValueId, ValueSpec } from '../graph/kernel-graph.js';
import { nodeInputs } from '../graph/walk.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';

/** The graph in which scans hold no product that can be taken for all steps at once. */
export function hoistScanProducts(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'scan') return node;
    const before = hoistBefore(node, rewriter);
    return sinkAfter(before, rewriter) ?? before;
  });
}

interface Product {
  readonly node: KernelNode;
  /** The operand of the step, [rows, inner], and the matrix that all steps share. */
  readonly a: ValueId;
  readonly b: ValueId;
}

/** Products of matrices whose second operand the body captures. */
function sharedProducts({ body, captures }: ScanNode): readonly Product[] {
  const shared = new Set(body.inputs.slice(body.inputs.length - captures.length));
  return body.nodes.flatMap((node) => {
    if (node.op !== 'kernel' || node.kernel !== 'BatchMatMul') return [];
    const { a, b } = node.inputs as { readonly a: ValueId; readonly b: ValueId };
    const rank = body.values[a]?.shape.length;
    return rank === 2 && node.attributes['transposeA'] === false && shared.has(b) ? [{ node, a, b }] : [];
  });
}

/** The value outside of the scan that a captured value stands for. */
function outsideOf({ body, captures }: ScanNode, captured: ValueId): ValueId {
  const position = body.inputs.indexOf(captured) - (body.inputs.length - captures.length);
  return captures[position] as ValueId;
}

/** stack [steps, rows, inner] times a matrix, as one product. */
function productOfAll(
  rewriter: Rewriter,
  stack: ValueId,
  matrix: ValueId,
  { attributes }: KernelNode,
): ValueId {
  const [steps = 0, rows = 0, inner = 0] = rewriter.spec(stack).shape;
  const flat = rewriter.addKernel('Reshape', { x: stack }, { shape: [steps * rows, inner] });
  const product = rewriter.addKernel('BatchMatMul', { a: flat, b: matrix }, attributes);
  const columns = rewriter.spec(product).shape[1] ?? 0;
  return rewriter.addKernel('Reshape', { x: product }, { shape: [steps, rows, columns] });
}

/** Products of elements become elements themselves. */
function hoistBefore(scan: ScanNode, rewriter: Rewriter): ScanNode {
  const { body, initial, sequences } = scan;
  const firstElement = initial.length;
  const elements = body.inputs.slice(firstElement, firstElement + sequences.length);
  const hoisted = sharedProducts(scan).filter(({ a }) => elements.includes(a));
  if (hoisted.length === 0) return scan;
  const stacks = hoisted.map(({ node, a, b }) =>
    productOfAll(rewriter, sequences[elements.indexOf(a)] as ValueId, outsideOf(scan, b), node),
  );
  const made = hoisted.map(({ node }) => node.outputs[0] as ValueId);
  const gone = new Set<unknown>(hoisted.map(({ node }) => node));
  return {
    ...scan,
    sequences: [...sequences, ...stacks],
    body: {
      ...body,
      inputs: [
        ...body.inputs.slice(0, firstElement),
        ...elements,
        ...made,
        ...body.inputs.slice(firstElement + elements.length),
      ],
      nodes: body.nodes.filter((node) => !gone.has(node)),
    },
  };
}

/** Results that are products, and are read nowhere else, become products of results; `null` if there are none. */
function sinkAfter(scan: ScanNode, rewriter: Rewriter): readonly ValueId[] | null {
  const { body, initial, outputs, steps } = scan;
  const read = new Set([...body.nodes.flatMap(nodeInputs), ...body.outputs.slice(0, initial.length)]);
  const products = new Map(sharedProducts(scan).map((product) => [product.node.outputs[0], product]));
  const sunk = body.outputs.map((id, index) =>
    index >= initial.length && !read.has(id) ? (products.get(id) ?? null) : null,
  );
  if (sunk.every((product) => product === null)) return null;
  const bodyOutputs = body.outputs.map((id, index) => sunk[index]?.a ?? id);
  const made = bodyOutputs.map((id, index) => {
    if (sunk[index] === null) return outputs[index] as ValueId;
    const { dtype, shape } = body.values[id] as ValueSpec;
    return rewriter.addValue({ dtype, shape: [steps, ...shape] });
  });
  rewriter.append({ ...scan, outputs: made, body: { ...body, outputs: bodyOutputs } });
  return made.map((id, index) => {
    const product = sunk[index];
    return product ? productOfAll(rewriter, id, outsideOf(scan, product.b), product.node) : id;
  });
}
