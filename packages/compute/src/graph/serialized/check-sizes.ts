// How large the values of a kernel graph are, checked before anything is allocated. Shapes stand in a graph twice: as
// the specs of its values, and in what its nodes say and read. They must agree, since engines go by the nodes; then the
// specs bound what running the graph takes.
import { bytesPerElement, sizeOf } from '@starling/federated-core/plan';
import type {
  GraphNode,
  KernelGraph,
  KernelNode,
  ReduceNode,
  ScanNode,
  SequenceView,
  ValueId,
  ValueSpec,
} from '../kernel-graph.js';
import { KernelGraphError } from '../kernel-graph-error.js';
import { MAX_ELEMENTS } from '../max-elements.js';
import type { ShapeCall } from '../shape-rules/shape-rule.js';
import { shapeRules } from '../shape-rules/shape-rules.js';

export interface GraphLimits {
  /** Of one value; 2^28 by default, which is 1 GiB of float32. */
  readonly maxElements?: number;
  /** Of all values together, each counted once, datasets as one element; 2^33 (8 GiB) by default. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 2 ** 33;
/** Batch indices are made for all epochs at once. */
const MAX_EPOCHS = 100_000;
/** Bodies within bodies: a reduction, a scan in it, a few more. */
const MAX_DEPTH = 16;

/** Throws a `KernelGraphError` if shapes contradict each other, or values are larger than `limits`. */
export function checkSizes(graph: KernelGraph, limits: GraphLimits): void {
  const { maxElements = MAX_ELEMENTS, maxBytes = MAX_BYTES } = limits;
  let total = 0;
  const count = (each: KernelGraph, depth: number): void => {
    if (depth > MAX_DEPTH) throw malformed(`bodies must stand at most ${MAX_DEPTH} deep`);
    const columns = depth === 0 ? new Set(each.inputs) : new Set<ValueId>();
    for (const [id, spec] of each.values.entries()) {
      const elements = elementsOf(spec, id, columns.has(id));
      if (elements > maxElements) {
        throw tooLarge(
          `value ${id} of shape [${spec.shape.join(', ')}] must have at most ${maxElements} elements`,
        );
      }
      total += elements * bytesPerElement[spec.dtype];
    }
    if (total > maxBytes)
      throw tooLarge(`its values must take at most ${maxBytes} bytes, got ${total} or more`);
    for (const { value, tensor } of each.constants) {
      agree(`constant ${value}`, [tensor as ValueSpec], [specOf(each, value)]);
      if (tensor.data.length !== sizeOf(tensor.shape))
        throw malformed(`constant ${value} must fill its shape`);
    }
    for (const [index, node] of each.nodes.entries()) {
      checkNode(each, node, `node ${index}`);
      if (node.op === 'reduce' || node.op === 'scan') count(node.body, depth + 1);
    }
  };
  count(graph, 0);
}

const DTYPES: ReadonlySet<string> = new Set(['float32', 'int32', 'bool', 'uint8', 'string']);

/** Elements of a value; of a dataset's column, those of one element. */
function elementsOf({ dtype, shape }: ValueSpec, id: ValueId, mayBeColumn: boolean): number {
  const isColumn = mayBeColumn && shape[0] === -1;
  const sizes = isColumn ? shape.slice(1) : shape;
  if (!DTYPES.has(dtype) || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw malformed(
      `value ${id} must have a known element type and whole sizes, got ${describe({ dtype, shape })}`,
    );
  }
  return sizeOf(sizes);
}

function checkNode(graph: KernelGraph, node: GraphNode, by: string): void {
  switch (node.op) {
    case 'kernel':
      checkKernel(graph, node, `${by} (${node.kernel})`);
      break;
    case 'reduce':
      checkReduce(graph, node, `${by} (reduce)`);
      break;
    case 'scan':
      checkScan(graph, node, `${by} (scan)`);
      break;
    case 'length':
      for (const id of node.columns) column(graph, id, `${by} (length)`);
      agree(`${by} (length)`, [{ dtype: 'int32', shape: [] }], [specOf(graph, node.output)]);
      break;
    case 'random': {
      const spec = specOf(graph, node.output);
      agree(`${by} (random)`, [{ ...spec, dtype: 'float32' }], [spec]);
      break;
    }
    default:
      node satisfies never;
      throw malformed(`${by} must be a kernel, reduce, scan, length or random`);
  }
}

function checkKernel(graph: KernelGraph, node: KernelNode, by: string): void {
  const inputs = Object.entries(node.inputs).map(([name, ids]) => [
    name,
    typeof ids === 'number' ? specOf(graph, ids) : ids.map((id) => specOf(graph, id)),
  ]);
  const call: ShapeCall = { inputs: Object.fromEntries(inputs), attributes: node.attributes };
  const { outputs } = shapeRules[node.kernel](call);
  agree(
    by,
    outputs,
    node.outputs.map((id) => specOf(graph, id)),
  );
}

function checkReduce(graph: KernelGraph, node: ReduceNode, by: string): void {
  const { batchSize } = node.view;
  checkView(graph, node.view, by);
  const batch = batchSize === null ? [] : [batchSize];
  const elements = node.columns.map((id) => {
    const { dtype, shape } = column(graph, id, by);
    return { dtype, shape: [...batch, ...shape.slice(1)] };
  });
  const mask: ValueSpec[] = batchSize === null ? [] : [{ dtype: 'float32', shape: batch }];
  const carried = node.initial.map((id) => specOf(graph, id));
  const captured = node.captures.map((id) => specOf(graph, id));
  checkBody(node, [...carried, ...elements, ...mask, ...captured], carried, by);
  agree(
    by,
    carried,
    node.outputs.map((id) => specOf(graph, id)),
  );
}

function checkView(graph: KernelGraph, view: SequenceView, by: string): void {
  const { batchSize, epochs, take, steps } = view;
  const isWhole = (value: unknown, least: number, most: number): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  const isCount = (count: unknown, least: number, most: number): boolean =>
    typeof count === 'object' && count !== null
      ? isCountLeaf(graph, (count as { leaf?: unknown }).leaf)
      : isWhole(count, least, most);
  if (
    !(batchSize === null || isWhole(batchSize, 1, MAX_ELEMENTS)) ||
    (epochs === null) === (steps === undefined) ||
    !(epochs === null || isCount(epochs, 1, MAX_EPOCHS)) ||
    !(steps === undefined || isCount(steps, 1, MAX_ELEMENTS)) ||
    !(take === null || isCount(take, 0, Number.MAX_SAFE_INTEGER))
  ) {
    throw malformed(
      `${by} must have a batch size of 1 or more, 1 to ${MAX_EPOCHS} epochs or 1 to ${MAX_ELEMENTS} steps, and take 0 or more, or int32 scalars of the argument in their place, got ${JSON.stringify(view)}`,
    );
  }
}

/** Whether an input of the whole graph can be a number of a view. Only the whole graph has reductions of datasets. */
function isCountLeaf(graph: KernelGraph, leaf: unknown): boolean {
  const spec = graph.values[graph.inputs[leaf as number] as ValueId];
  return spec?.dtype === 'int32' && spec.shape.length === 0;
}

function checkScan(graph: KernelGraph, node: ScanNode, by: string): void {
  const { steps } = node;
  if (!(Number.isSafeInteger(steps) && steps >= 1))
    throw malformed(`${by} must take 1 step or more, got ${steps}`);
  const carried = node.initial.map((id) => specOf(graph, id));
  const slices = node.sequences.map((id) => {
    const { dtype, shape } = specOf(graph, id);
    if (shape[0] !== steps)
      throw malformed(`${by} must walk sequences of ${steps} steps, got [${shape.join(', ')}]`);
    return { dtype, shape: shape.slice(1) };
  });
  const captured = node.captures.map((id) => specOf(graph, id));
  const made = node.outputs.map((id) => specOf(graph, id));
  const results = made.slice(carried.length).map(({ dtype, shape }) => {
    if (shape[0] !== steps)
      throw malformed(`${by} must stack results of ${steps} steps, got [${shape.join(', ')}]`);
    return { dtype, shape: shape.slice(1) };
  });
  agree(by, carried, made.slice(0, carried.length));
  checkBody(node, [...carried, ...slices, ...captured], [...carried, ...results], by);
}

function checkBody(
  { body }: ReduceNode | ScanNode,
  inputs: readonly ValueSpec[],
  outputs: readonly ValueSpec[],
  by: string,
): void {
  agree(
    `the body of ${by}`,
    inputs,
    body.inputs.map((id) => specOf(body, id)),
  );
  agree(
    `the body of ${by}`,
    outputs,
    body.outputs.map((id) => specOf(body, id)),
  );
}

/** The spec of a dataset's column: an input of the whole graph, of unknown length. */
function column(graph: KernelGraph, id: ValueId, by: string): ValueSpec {
  const spec = specOf(graph, id);
  if (spec.shape[0] === -1) return spec;
  throw malformed(`${by} must read columns of a dataset, got ${describe(spec)}`);
}

function specOf(graph: KernelGraph, id: ValueId): ValueSpec {
  return graph.values[id] as ValueSpec;
}

function agree(by: string, derived: readonly ValueSpec[], stated: readonly ValueSpec[]): void {
  const [expected, actual] = [derived.map(describe).join(', '), stated.map(describe).join(', ')];
  if (expected !== actual)
    throw malformed(`${by} must have ${expected || 'nothing'}, got ${actual || 'nothing'}`);
}

const describe = ({ dtype, shape }: ValueSpec): string => `${dtype}[${shape.join(', ')}]`;

function malformed(reason: string): KernelGraphError {
  return new KernelGraphError('malformed', `Cannot use a kernel graph: ${reason}`);
}

function tooLarge(reason: string): KernelGraphError {
  return new KernelGraphError('too-large', `Cannot use a kernel graph: ${reason}`);
}
