// For tests of cleaning: small graphs written by hand, and their values.
import { type Tensor, tensor } from '@starling/federated-core';
import { type CapturedValue, Recording } from '../capture/recording/recording.js';
import { runKernel } from '../engines/tfjs/tfjs-kernels.js';
import { replayGraph } from '../engines/tfjs/tfjs-replay.js';
import { fromTf } from '../engines/tfjs/tfjs-tensors.js';
import type { Attribute, KernelGraph, KernelNode } from '../graph/kernel-graph.js';
import type { Kernel } from '../graph/kernels.js';
import { scoped } from '../tensorflow/scopes.js';

/** Writes a graph node by node. */
export class GraphWriter {
  readonly recording = new Recording(null);

  input(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' | 'uint8' = 'float32'): CapturedValue {
    return this.recording.input({ dtype, shape });
  }

  constant(values: readonly number[], shape: readonly number[] = [values.length]): CapturedValue {
    return this.recording.constant(floats(values, shape), { dtype: 'float32', shape });
  }

  kernel(
    kernel: Kernel,
    inputs: { readonly [name: string]: CapturedValue | readonly CapturedValue[] } = {},
    attributes: { readonly [name: string]: Attribute } = {},
  ): CapturedValue {
    return this.recording.kernel(kernel, inputs, attributes)[0] as CapturedValue;
  }
}

/** The graph that `write` writes; it gives the outputs. */
export function writeGraph(write: (writer: GraphWriter) => readonly CapturedValue[]): KernelGraph {
  const writer = new GraphWriter();
  const outputs = write(writer);
  return writer.recording.finish(outputs);
}

export function floats(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return tensor('float32', shape, Float32Array.from(values));
}

/** The values of a graph's outputs, by the cpu backend of tf.js. */
export function valuesOf(graph: KernelGraph, argument: readonly Tensor[]): readonly (readonly number[])[] {
  const outputs = scoped(() =>
    replayGraph(graph, {
      argument,
      seed: [1, 2],
      runKernel: (node, inputs) => runKernel('cpu', node, inputs),
    }).map(fromTf),
  );
  return outputs.map(({ data }) => Array.from(data as Float32Array));
}

/** The names of a graph's nodes in order. */
export function nodeNames(graph: KernelGraph): readonly string[] {
  return graph.nodes.map((node) => (node.op === 'kernel' ? node.kernel : node.op));
}

export function kernelNodes(graph: KernelGraph): readonly KernelNode[] {
  return graph.nodes.filter((node) => node.op === 'kernel');
}
