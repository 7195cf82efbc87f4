// Evaluator: what a model is worth on the rows that it has not learned from, overall and by groups of examples, with
// intervals; and the blessed model before it on the same rows, in the same round.
import {
  atClients,
  atServer,
  call,
  type FederatedComputation,
  federatedComputation,
  field,
  type HostValue,
  type Type,
} from '@starling/federated-core';
import { checkOptions, didYouMean, kinds, optionError, required } from '@starling/federated-core/plan';
import {
  evaluationByGroup,
  type GroupOptions,
  type GroupValue,
  type Histograms,
  type Model,
} from '@starling/learning';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical, type Json } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node, NodeContext } from '../nodes/node.js';
import { featureOf, type Schema } from '../schema/schema.js';
import type { KnownConstants } from '../transform/analyze.js';
import { featuresComputation } from '../transform/captured-transform.js';
import { type ModelNode, type Weights, weightsIn } from './trainer.js';
import { transformedModel } from './transformed-model.js';
import { constantsIn } from './transformer.js';

export interface EvaluatorOptions extends Omit<GroupOptions, 'by' | 'labels'> {
  readonly name?: string;
  readonly model: ModelNode;
  /** Columns with the values that make groups, or `'schema'` for the values of its domain in the schema. */
  readonly by: Readonly<Record<string, readonly GroupValue[] | 'schema'>>;
  readonly schema?: Node<'Schema'>;
  /** The feature that says what an example is, 0 or 1; `label` by default. */
  readonly label?: string;
  /** How the clients' own means of these metrics are spread, as of `federatedEvaluation`. */
  readonly distribution?: Histograms;
}

export interface EvaluationNode extends Node<'ModelEvaluation'> {
  readonly model: ModelNode;
  /** The same question of the candidate alone, for some of the clients. Of the artifacts that the node takes. */
  prepareTrial(inputs: Readonly<Record<string, Artifact>>): PreparedTrial;
}

export interface PreparedTrial {
  /** What the figures depend on besides the artifacts and the clients. */
  readonly identity: Json;
  /** The figures of the candidate on the rows of so many clients. */
  ask(context: NodeContext, clients: number): Promise<unknown>;
}

/** `evaluation.json`. */
export interface EvaluationFile {
  readonly candidate: unknown;
  /** Null if there is none to compare with. */
  readonly baseline: unknown;
  readonly baselineModel: string | null;
  /** Why a blessed model cannot be evaluated. */
  readonly incomparable: string | null;
}

export function evaluator(options: EvaluatorOptions): EvaluationNode {
  const action = 'Cannot evaluate';
  checkOptions(action, options, {
    name: kinds.text,
    model: required(nodeOf('Model', 'trainer')),
    by: required(kinds.record),
    schema: nodeOf('Schema', 'schemaGen'),
    label: kinds.text,
    distribution: kinds.record,
    intersections: kinds.list,
    at: kinds.list,
    scores: kinds.text,
    minClients: true,
    minExamples: true,
    buckets: true,
  });
  const { name = 'evaluator', model, by, schema, label = 'label', distribution = {}, ...groups } = options;
  const { transform } = model;
  if (!Object.hasOwn(transform.example.elements, label)) {
    throw optionError(
      `${action}: label must name a feature among ${Object.keys(transform.example.elements).join(', ')}, got '${label}'`,
    );
  }
  const columns = Object.keys(transform.source.columns);
  const strange = [...Object.keys(by), ...(groups.intersections ?? []).flat()].find(
    (one) => !columns.includes(one as string),
  );
  if (strange !== undefined) {
    throw optionError(
      `${action}: by must name columns among ${columns.join(', ')}, got '${strange}'${didYouMean(strange as string, columns)}`,
    );
  }
  if (schema === undefined && Object.values(by).includes('schema')) {
    throw optionError(
      `${action}: need the schema whose domains make groups, got none; give evaluator schema: …`,
    );
  }
  return {
    kind: 'ModelEvaluation',
    component: 'Evaluator',
    name,
    inputs: { model, transform, ...(schema !== undefined && { schema }) },
    model,
    prepareTrial: (inputs) => {
      const known = constantsIn(inputs['transform'] as Artifact<'TransformGraph'>, transform.source);
      const values = groupValues(action, by, inputs['schema'] as Artifact<'Schema'> | undefined);
      const models = { candidate: modelFor(model, known, label) };
      const evaluation = evaluationByGroup({
        models: { candidate: models.candidate.model },
        distribution,
        groups: { ...omit(groups), by: values, labels: models.candidate.labels as never },
      });
      const question = overExamples(
        evaluation.computation as unknown as FederatedComputation,
        models,
        transform.examples.population.dataType,
      );
      return {
        identity: { by: values, label, distribution, groups: omit(groups) } as never,
        ask: async (context, clients) => {
          const candidate = inputs['model'] as Artifact<'Model'>;
          const given = { candidate: weightsIn(candidate) };
          const answer = await context.askSome(question, given, { clients, draw: candidate.id });
          return plainFigures(evaluation.finish(answer as HostValue))['candidate'];
        },
      };
    },
    prepare: (context, inputs) => {
      const candidate = inputs['model'] as Artifact<'Model'>;
      const blessed = context.history.latestBlessed(context.pipeline, candidate.id);
      const baseline = blessed?.artifact ?? null;
      const lost = blessed !== null && baseline === null ? blessed.id : null;
      const known = constantsIn(inputs['transform'] as Artifact<'TransformGraph'>, transform.source);
      const values = groupValues(action, by, inputs['schema'] as Artifact<'Schema'> | undefined);
      const old = baseline === null ? null : comparable(model, baseline, candidate);
      const models = {
        candidate: modelFor(model, known, label),
        ...(old?.known && { baseline: modelFor(model, old.known, label) }),
      };
      const evaluation = evaluationByGroup({
        models: Object.fromEntries(Object.entries(models).map(([which, one]) => [which, one.model])),
        distribution,
        groups: { ...omit(groups), by: values, labels: models.candidate.labels as never },
      });
      const question = overExamples(
        evaluation.computation as unknown as FederatedComputation,
        models,
        transform.examples.population.dataType,
      );
      return {
        identity: {
          by: values,
          label,
          distribution,
          groups: omit(groups),
          features: featuresComputation(transform.source, known).id,
          ...(lost !== null && { lost }),
        } as never,
        earlier: { baseline },
        make: async () => {
          const given = {
            candidate: weightsIn(candidate),
            ...(old?.known && baseline !== null && { baseline: weightsIn(baseline) }),
          };
          const found = await evaluate(context, question, given, evaluation.finish);
          const file: EvaluationFile = {
            candidate: found['candidate'],
            baseline: found['baseline'] ?? null,
            baselineModel: blessed?.id ?? null,
            incomparable:
              lost === null
                ? (old?.reason ?? null)
                : `the blessed model ${lost.slice(0, 12)} is damaged or gone`,
          };
          return {
            files: { 'evaluation.json': canonical(file, 1) },
            properties: { model: candidate.id },
            summary: summaryOf(file, by),
          };
        },
      };
    },
  };
}

async function evaluate(
  context: NodeContext,
  question: FederatedComputation,
  given: Readonly<Record<string, Weights>>,
  finish: (result: HostValue) => HostValue,
): Promise<Readonly<Record<string, unknown>>> {
  return plainFigures(finish((await context.ask(question, given)) as HostValue));
}

function plainFigures(figures: HostValue): Readonly<Record<string, unknown>> {
  return JSON.parse(canonical(figures)) as Readonly<Record<string, unknown>>;
}

interface LabelledModel {
  readonly model: Model;
  readonly labels: (batch: never) => unknown;
}

function modelFor({ model, transform }: ModelNode, known: KnownConstants, label: string): LabelledModel {
  const { model: whole, features } = transformedModel(model, transform, known);
  return { model: whole, labels: (batch) => features(batch)[label] };
}

/** Whether the code at hand is that of an earlier model, so that its weights mean the same here. */
function comparable(
  { model, transform }: ModelNode,
  baseline: Artifact<'Model'>,
  candidate: Artifact<'Model'>,
): { readonly known: KnownConstants | null; readonly reason: string | null } {
  try {
    const known = constantsIn(baseline as never, transform.source);
    const names = Object.keys(model.initialWeights);
    const own = weightsIn(baseline);
    const now = weightsIn(candidate);
    const fits = names.every(
      (one) => own[one] !== undefined && `${own[one]?.shape}` === `${now[one]?.shape}`,
    );
    return fits ? { known, reason: null } : { known: null, reason: 'the blessed model has other weights' };
  } catch (error) {
    return {
      known: null,
      reason: `the blessed model was made by another preprocess: ${(error as Error).message}`,
    };
  }
}

/** A computation over rows, asked of the split that is judged by. */
function overExamples(
  computation: FederatedComputation,
  models: Readonly<Record<string, LabelledModel>>,
  data: Type,
): FederatedComputation {
  const weights = Object.entries(models).map(
    ([which, { model }]) => [which, atServer(model.weights)] as const,
  );
  return federatedComputation(
    { ...Object.fromEntries(weights), data: atClients(data) } as never,
    (({ data: all, ...given }: Readonly<Record<string, unknown>>) => {
      const rows = field(field(all as never, 'eval' as never) as never, 'rows' as never);
      return call(computation as never, { ...given, data: rows } as never);
    }) as never,
    { name: 'evaluation of the split to judge by' },
  ) as unknown as FederatedComputation;
}

function groupValues(
  action: string,
  by: EvaluatorOptions['by'],
  schema: Artifact<'Schema'> | undefined,
): Readonly<Record<string, readonly GroupValue[]>> {
  const known = schema === undefined ? null : jsonOf<Schema>(schema, 'schema.json');
  const values = Object.entries(by).map(([column, given]) => {
    if (given !== 'schema') return [column, given] as const;
    const domain = known === null ? undefined : featureOf(known, column)?.domain;
    if (domain?.kind === 'string') return [column, domain.values] as const;
    throw optionError(
      `${action}: the schema must have a domain of texts for '${column}', got ${domain?.kind ?? 'none'}`,
    );
  });
  return Object.fromEntries(values);
}

/** Options that are not given are left out, so that defaults are those of the group options. */
function omit(groups: Omit<GroupOptions, 'by' | 'labels'>): Omit<GroupOptions, 'by' | 'labels'> {
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined)) as never;
}

function summaryOf(
  { candidate, baseline, incomparable }: EvaluationFile,
  by: EvaluatorOptions['by'],
): string {
  const of = (figures: unknown, what: string): string => {
    const value = (figures as Readonly<Record<string, unknown>>)[what];
    return typeof value === 'number' ? String(Number(value.toPrecision(4))) : 'none';
  };
  const name =
    (candidate as Readonly<Record<string, unknown>>)['accuracy'] === undefined ? 'loss' : 'accuracy';
  const before =
    baseline === null
      ? incomparable === null
        ? 'no baseline'
        : 'no comparable baseline'
      : `before ${of(baseline, name)}`;
  return `${name} ${of(candidate, name)} (${before}), groups by ${Object.keys(by).join(', ')}`;
}
