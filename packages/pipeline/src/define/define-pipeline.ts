// A pipeline as a value: what is returned must be made, and what that is made of follows from it. Commands load it from
// a file, and clients join by the same file.
import {
  atLocation,
  checkOptions,
  describeValue,
  hasMethods,
  kinds,
  type MaybePromise,
  ofKind,
  optionError,
  required,
  sourceLocation,
} from '@starling/federated-core/plan';
import { everyoneSampler } from '@starling/population';
import { defineFederation, type Federation } from '@starling/runtime';
import type { z } from 'zod';
import type { ExamplesNode } from '../components/example-gen.js';
import { isNode } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import { presence } from './presence.js';

export interface PipelineDefinition<O extends z.ZodObject> {
  readonly name: string;
  /** One line: what it makes, of what. */
  readonly description: string;
  /** Each option with its default, so that `{}` parses; `--set` gives values of its type. */
  readonly options: O;
  /** What must be made, such as a pusher: all that it takes, and what that takes, is run as well. */
  build(options: z.infer<O>): MaybePromise<readonly Node[] | Node>;
}

/** All nodes of a pipeline, each after those that it takes. */
export interface BuiltPipeline {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** The clients' data. */
  readonly examples: ExamplesNode;
}

export interface Pipeline<O extends z.ZodObject = z.ZodObject> {
  readonly kind: 'pipeline';
  readonly name: string;
  readonly description: string;
  readonly options: O;
  build(options: z.infer<O>): Promise<BuiltPipeline>;
  /** What clients load: they join with their data, and are asked by one node after the other. */
  readonly federation: Federation<O>;
}

/** Throws a `RangeError` for a part of another kind, and if an option has no default. */
export function definePipeline<O extends z.ZodObject>(definition: PipelineDefinition<O>): Pipeline<O> {
  const action = 'Cannot define a pipeline';
  checkOptions(action, definition, {
    name: required(kinds.text),
    description: required(kinds.text),
    options: required(optionsKind),
    build: required(kinds.callable),
  });
  const { name, description, options } = definition;
  const parsed = options.safeParse({});
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw optionError(
      `Cannot define pipeline '${name}': every option needs a default, got none for ${missing}`,
    );
  }
  const defined = atLocation(sourceLocation());
  const build = async (given: z.infer<O>): Promise<BuiltPipeline> =>
    builtOf(name, await definition.build(given), defined);
  const federation = defineFederation({
    name,
    description,
    options,
    build: async (given) => {
      const { examples } = await build(given as z.infer<O>);
      const { population } = examples;
      return {
        computation: presence(population.dataType),
        population,
        sampler: everyoneSampler(),
        rounds: 1,
      };
    },
  });
  return { kind: 'pipeline', name, description, options, build, federation };
}

export function isPipeline(value: unknown): value is Pipeline {
  return (
    typeof value === 'object' && value !== null && (value as { readonly kind?: unknown }).kind === 'pipeline'
  );
}

/**
 * Throws a `RangeError` where two nodes have one name, unless there is one ExampleGen, and, with the line where the
 * pipeline is defined, for what are no nodes.
 */
function builtOf(name: string, wanted: readonly Node[] | Node, defined: string): BuiltPipeline {
  const made: readonly unknown[] = [wanted].flat();
  if (made.length === 0 || !made.every(isNode)) {
    const got = made.length === 0 ? 'none' : describeValue(made.find((one) => !isNode(one)));
    const words = `Cannot build pipeline '${name}': build must return what must be made, such as pusher({ … }), got ${got}`;
    throw new RangeError(`${words}${defined}`);
  }
  const nodes: Node[] = [];
  const visit = (node: Node): void => {
    if (nodes.includes(node)) return;
    for (const input of Object.values(node.inputs)) visit(input);
    nodes.push(node);
  };
  for (const node of Array.isArray(wanted) ? wanted : [wanted]) visit(node as Node);
  const repeated = nodes.find((node, at) => nodes.findIndex((other) => other.name === node.name) !== at);
  if (repeated !== undefined) {
    throw optionError(
      `Cannot build pipeline '${name}': nodes need names of their own, got '${repeated.name}' twice; give one of them another: { name: '${repeated.name}-2', … }`,
    );
  }
  const sources = nodes.filter(({ kind }) => kind === 'Examples');
  if (sources.length !== 1) {
    throw optionError(`Cannot build pipeline '${name}': need one exampleGen, got ${sources.length}`);
  }
  return { name, nodes, examples: sources[0] as ExamplesNode };
}

const optionsKind = ofKind({
  need: 'a zod object, such as z.object({ data: z.string().default("data") })',
  fits: (value) => hasMethods(value, ['safeParse']) && 'shape' in (value as object),
});
