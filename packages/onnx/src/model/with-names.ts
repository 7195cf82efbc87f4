// Gives values of a graph other names, in all of it: what a model is called by outside.
import type { OnnxAttribute, OnnxGraph, OnnxValue } from './onnx-model.js';

/** `names`: new ones by the old ones; a value that is called so already gets another. */
export function withNames(graph: OnnxGraph, names: ReadonlyMap<string, string>): OnnxGraph {
  const taken = new Set(names.values());
  const rename = (value: OnnxValue): OnnxValue => {
    const name = names.get(value.name) ?? (taken.has(value.name) ? `${value.name}:inner` : value.name);
    return { ...value, name };
  };
  const renameIn = (attribute: OnnxAttribute): OnnxAttribute =>
    attribute.kind === 'graph' ? { kind: 'graph', value: inner(attribute.value) } : attribute;
  const inner = (each: OnnxGraph): OnnxGraph => ({
    name: each.name,
    inputs: each.inputs.map(rename),
    constants: each.constants.map(({ value, tensor }) => ({ value: rename(value), tensor })),
    nodes: each.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === null ? null : rename(input))),
      outputs: node.outputs.map(rename),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, attribute]) => [name, renameIn(attribute)]),
      ),
    })),
    outputs: each.outputs.map(rename),
  });
  return inner(graph);
}
