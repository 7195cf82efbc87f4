// Whether a kernel graph is well formed: every id stands for a value, every node reads what stands before it, every
// kernel is known. Graphs that come from elsewhere pass here before anything runs them.
import type { GraphNode, KernelGraph, ReduceNode, ScanNode, ValueId } from '../kernel-graph.js';
import { KernelGraphError } from '../kernel-graph-error.js';
import { isKernel } from '../kernels.js';
import { nodeInputs, nodeOutputs } from '../walk.js';

/** Throws a `KernelGraphError` that names the first flaw of the graph. */
export function checkGraph(graph: KernelGraph): void {
  const defined = new Set<ValueId>();
  const define = (id: ValueId, by: string): void => {
    if (!(Number.isInteger(id) && id >= 0 && id < graph.values.length)) {
      throw flaw(`${by} must be one of ${graph.values.length} values, got ${id}`);
    }
    if (defined.has(id)) throw flaw(`value ${id} must be made once, but ${by} makes it again`);
    defined.add(id);
  };
  const need = (id: ValueId, by: string): void => {
    if (!defined.has(id)) throw flaw(`${by} must read what stands before it, got value ${id}`);
  };

  for (const id of graph.inputs) define(id, 'an input');
  for (const { value } of graph.constants) define(value, 'a constant');
  for (const [index, node] of graph.nodes.entries()) {
    const by = `node ${index} (${nodeName(node)})`;
    for (const id of nodeInputs(node)) need(id, by);
    for (const id of nodeOutputs(node)) define(id, by);
    if (node.op === 'kernel' && !isKernel(node.kernel)) throw flaw(`${by} must be a known kernel`);
    if (node.op === 'reduce') checkReduce(node, by);
    if (node.op === 'scan') checkScan(node, by);
  }
  for (const id of graph.outputs) need(id, 'an output');
}

function checkReduce(node: ReduceNode, by: string): void {
  const mask = node.view.batchSize === null ? 0 : 1;
  checkBody(node, node.initial.length + node.columns.length + mask, by);
  if (node.outputs.length !== node.initial.length) {
    throw flaw(`${by} must give as many values as its state has, ${node.initial.length}`);
  }
}

function checkScan(node: ScanNode, by: string): void {
  checkBody(node, node.initial.length + node.sequences.length, by);
  if (node.outputs.length < node.initial.length) {
    throw flaw(`${by} must give at least the values that it carries, ${node.initial.length}`);
  }
}

function checkBody(node: ReduceNode | ScanNode, ownInputs: number, by: string): void {
  checkGraph(node.body);
  const inputs = ownInputs + node.captures.length;
  if (node.body.inputs.length !== inputs) {
    throw flaw(`${by} must have a body of ${inputs} inputs, got ${node.body.inputs.length}`);
  }
  if (node.body.outputs.length !== node.outputs.length) {
    throw flaw(`${by} must have a body of ${node.outputs.length} outputs, got ${node.body.outputs.length}`);
  }
}

function nodeName(node: GraphNode): string {
  return node.op === 'kernel' ? node.kernel : node.op;
}

function flaw(reason: string): KernelGraphError {
  return new KernelGraphError('malformed', `Cannot use a kernel graph: ${reason}`);
}
