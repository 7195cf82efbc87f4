// A traced computation as text, and back: nodes in the order in which they are needed, types in TFF's notation,
// local computations by their ids. What is read back is checked as if it had been traced.

import { kinds } from '../errors/check-kind.js';
import { type Expression, postorder } from '../expression/expression.js';
import { field, SymbolicValue } from '../expression/symbolic-value.js';
import { applyIntrinsic, isLocal } from '../intrinsics/framework/apply.js';
import { intrinsics } from '../intrinsics/intrinsics.js';
import type { LocalComputation } from '../program/local-computation.js';
import { formatType } from '../types/format.js';
import { parseType } from '../types/parse.js';
import { struct, structEntries, type Type } from '../types/types.js';
import { decodeTensor, encodeTensor, type TensorText } from '../values/tensor-text.js';
import { bad, fail } from './bad-computation.js';
import { call } from './call.js';
import { computationKinds } from './computation-kinds.js';
import type { FederatedComputation } from './federated-computation.js';
import { decodeSettingsOf, encodeSettingsOf, literalNode, type SettingsText } from './settings-text.js';

const VERSION = 1;

/** A node; numbers are positions of earlier nodes. */
type Node =
  | { readonly kind: 'parameter'; readonly name: string | null }
  | { readonly kind: 'literal'; readonly type: string; readonly leaves: readonly TensorText[] }
  | { readonly kind: 'local'; readonly id: string }
  | {
      readonly kind: 'struct';
      readonly names: readonly string[] | null;
      readonly elements: readonly number[];
    }
  | { readonly kind: 'selection'; readonly source: number; readonly index: number }
  | { readonly kind: 'call'; readonly computation: number; readonly arguments: readonly number[] }
  | {
      readonly kind: 'intrinsic';
      readonly intrinsic: string;
      readonly arguments: readonly number[];
      readonly settings: SettingsText;
    };

interface ComputationText {
  readonly name: string;
  readonly parameters: readonly { readonly name: string | null; readonly type: string }[];
  readonly nodes: readonly Node[];
}

interface Document {
  readonly format: 'starling-computation';
  readonly version: number;
  /** Computations that are called come before those that call them; the last is the one that was saved. */
  readonly computations: readonly ComputationText[];
}

/** JSON of a computation and of those that it calls, and the local computations that the text names by id. */
export function serializeComputation(computation: FederatedComputation): {
  readonly text: string;
  readonly locals: ReadonlyMap<string, LocalComputation>;
} {
  computationKinds.federated('Cannot save a computation', 'what is saved', computation);
  const locals = new Map<string, LocalComputation>();
  const positions = new Map<FederatedComputation, number>();
  const computations: ComputationText[] = [];
  const save = (one: FederatedComputation): number => {
    const known = positions.get(one);
    if (known !== undefined) return known;
    const order = postorder(one.body);
    const at = new Map(order.map((expression, index) => [expression, index]));
    const nodes = order.map(
      (expression): Node => encodeNode(expression, (child) => at.get(child)!, save, locals),
    );
    const parameters = one.parameters.map(({ name, type }) => ({ name, type: formatType(type) }));
    computations.push({ name: one.name, parameters, nodes });
    positions.set(one, computations.length - 1);
    return computations.length - 1;
  };
  save(computation);
  const document: Document = { format: 'starling-computation', version: VERSION, computations };
  return { text: JSON.stringify(document), locals };
}

/**
 * The computation of such a text; `local` finds local computations by id. Throws a `StarlingError` (`bad-computation`)
 * when the text is not one, and what tracing throws when its types do not fit.
 */
export function deserializeComputation(
  text: string,
  local: (id: string) => LocalComputation | undefined,
): FederatedComputation {
  kinds.text('Cannot load a computation', 'its text', text);
  kinds.callable('Cannot load a computation', 'what finds local computations', local);
  const document = parseDocument(text);
  if (
    document.format !== 'starling-computation' ||
    document.version !== VERSION ||
    !Array.isArray(document.computations)
  ) {
    throw bad(
      `need format starling-computation, version ${VERSION}`,
      `${document.format} ${document.version}`,
    );
  }
  const loaded: FederatedComputation[] = [];
  for (const one of document.computations as readonly ComputationText[]) {
    loaded.push(decodeComputation(one, local, loaded));
  }
  return loaded.at(-1) ?? fail('need at least one computation', 'none');
}

function parseDocument(text: string): Partial<Document> {
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw bad('need JSON', error instanceof Error ? error.message : String(error), error);
  }
}

function encodeNode(
  expression: Expression,
  at: (child: Expression) => number,
  save: (computation: FederatedComputation) => number,
  locals: Map<string, LocalComputation>,
): Node {
  switch (expression.kind) {
    case 'parameter':
      return { kind: 'parameter', name: expression.name };
    case 'literal':
      return {
        kind: 'literal',
        type: formatType(expression.type),
        leaves: expression.leaves.map(encodeTensor),
      };
    case 'local':
      locals.set(expression.computation.id, expression.computation);
      return { kind: 'local', id: expression.computation.id };
    case 'struct': {
      const names = structEntries(expression.type).map(([name]) => name);
      const named = !Array.isArray(expression.type.elements);
      return {
        kind: 'struct',
        names: named ? (names as string[]) : null,
        elements: expression.elements.map(at),
      };
    }
    case 'selection':
      return { kind: 'selection', source: at(expression.source), index: expression.index };
    case 'call':
      return {
        kind: 'call',
        computation: save(expression.computation),
        arguments: expression.arguments.map(at),
      };
    case 'intrinsic': {
      return {
        kind: 'intrinsic',
        intrinsic: expression.intrinsic,
        arguments: expression.arguments.map(at),
        settings: encodeSettingsOf(expression.settings),
      };
    }
  }
}

function decodeComputation(
  { name, parameters, nodes }: ComputationText,
  local: (id: string) => LocalComputation | undefined,
  loaded: readonly FederatedComputation[],
): FederatedComputation {
  const declared = parameters.map(
    (one): Extract<Expression, { kind: 'parameter' }> => ({
      kind: 'parameter',
      name: one.name,
      type: parseType(one.type),
    }),
  );
  const done: Expression[] = [];
  const read = (position: number): Expression =>
    done[position] ?? fail('need an earlier node', String(position));
  for (const node of nodes) done.push(decodeNode(node, read, declared, local, loaded));
  const body = done.at(-1) ?? fail('need at least one node', 'none');
  const [first] = declared;
  const parameter =
    first === undefined
      ? null
      : first.name === null
        ? first.type
        : struct(Object.fromEntries(declared.map((one) => [one.name as string, one.type])));
  return {
    kind: 'federated-computation',
    name,
    parameters: declared,
    body,
    type: { kind: 'function', parameter, result: body.type },
  };
}

function decodeNode(
  node: Node,
  read: (position: number) => Expression,
  parameters: readonly Extract<Expression, { kind: 'parameter' }>[],
  local: (id: string) => LocalComputation | undefined,
  loaded: readonly FederatedComputation[],
): Expression {
  const symbol = (position: number): SymbolicValue => new SymbolicValue(read(position).type, read(position));
  switch (node.kind) {
    case 'parameter':
      return (
        parameters.find(({ name }) => name === node.name) ??
        fail('need a declared parameter', String(node.name))
      );
    case 'literal':
      return literalNode(parseType(node.type), node.leaves.map(decodeTensor));
    case 'local':
      return localNode(local(node.id), node.id);
    case 'struct': {
      const elements = node.elements.map(read);
      const types: readonly Type[] = elements.map(({ type }) => type);
      const { names } = node;
      const type =
        names === null
          ? struct(types)
          : struct(Object.fromEntries(names.map((name, index) => [name, types[index]!])));
      return { kind: 'struct', elements, type };
    }
    case 'selection': {
      const source = symbol(node.source);
      const owner = source.type.kind === 'federated' ? source.type.member : source.type;
      const name =
        owner.kind === 'struct' ? (structEntries(owner)[node.index]?.[0] ?? node.index) : node.index;
      return field(source, name).expression;
    }
    case 'call': {
      const called =
        loaded[node.computation] ?? fail('need an earlier computation', String(node.computation));
      const values = node.arguments.map(symbol);
      const unnamed = called.parameters[0]?.name === null;
      const named = called.parameters.map(({ name }, index) => [name as string, values[index]!] as const);
      return call(called, unnamed ? (values[0] as SymbolicValue) : Object.fromEntries(named)).expression;
    }
    case 'intrinsic': {
      const definition = intrinsics.get(node.intrinsic) ?? fail('need a known intrinsic', node.intrinsic);
      const inputs = node.arguments.map(read);
      return applyIntrinsic(definition, inputs, decodeSettingsOf(definition, inputs, node.settings))
        .expression;
    }
    default:
      return fail('need a known kind of node', JSON.stringify(node));
  }
}

function localNode(computation: unknown, id: string): Expression {
  if (!isLocal(computation)) return fail('need the local computation that it names', id);
  return { kind: 'local', computation, type: computation.type };
}
