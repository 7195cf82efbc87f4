// A local computation as an ONNX model for others to run: its inputs and its result by names that people know, and
// some of its inputs, such as the weights of a model, held in it.
import type { LocalComputation, Tensor } from '@starling/federated-core';
import { leafNames } from '@starling/federated-core/plan';
import { encodeModel, type OnnxConstant, type OnnxGraph, optimize, withNames } from '@starling/onnx';
import type { KernelGraph } from '../graph/kernel-graph.js';
import { lowerGraph } from './lower-graph.js';

export interface OnnxExport {
  /** Inputs that become constants of the model, by the name of their leaf, such as `weights.kernel`. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** What a leaf is called in the model; by default as in the computation's type. */
  readonly nameOf?: (leaf: string) => string;
}

/**
 * The bytes of the model. Inputs that nothing is computed from are left out. Throws a `LoweringError` that names the
 * kernel if one cannot be expressed in ONNX.
 */
export function exportOnnx(
  local: LocalComputation,
  { constants, nameOf = (leaf) => leaf }: OnnxExport,
): Uint8Array {
  const graph = optimize(lowerGraph(local.body as KernelGraph).onnx);
  const { parameter, result } = local.type;
  const leaves = parameter === null ? [] : leafNames(parameter);
  const outputs = leafNames(result);
  const named = withNames(
    graph,
    new Map([
      ...graph.inputs.map((value, leaf) => [value.name, nameOf(leaves[leaf]!)] as const),
      ...graph.outputs.map((value, leaf) => [value.name, nameOf(outputs[leaf]!)] as const),
    ]),
  );
  const read = new Set(named.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.name)));
  const held = named.inputs.flatMap((value, leaf): OnnxConstant[] => {
    const tensor = constants.get(leaves[leaf]!);
    return tensor === undefined || !read.has(value.name) ? [] : [{ value, tensor }];
  });
  const model: OnnxGraph = {
    ...named,
    inputs: named.inputs.filter(({ name }, leaf) => read.has(name) && !constants.has(leaves[leaf]!)),
    constants: [...held, ...named.constants],
  };
  return encodeModel(model);
}
