// ModelValidator: whether a model may go out, by constraints on its evaluation, and on a trial by some of the clients.
// What is undecided does not pass, and without a constraint there is no blessing: the type of the list asks for one.
import { checkOptions, kinds, numberWithin, optionError, required } from '@starling/federated-core/plan';
import {
  type Constraint,
  type ConstraintResult,
  type FigureOrName,
  type NoWorseOptions,
  noWorseThan,
} from '@starling/learning';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node, NodeContext } from '../nodes/node.js';
import type { EvaluationFile, EvaluationNode, PreparedTrial } from './evaluator.js';

/** A constraint that is made of the figures of the model before. */
export interface BaselineConstraint {
  readonly text: string;
  against(baseline: unknown): Constraint;
}

export type GateConstraint = Constraint | BaselineConstraint;

export interface ModelValidatorOptions {
  readonly name?: string;
  readonly evaluation: EvaluationNode;
  /** One at least; all must hold. */
  readonly constraints: readonly [GateConstraint, ...GateConstraint[]];
  /** Some of the clients evaluate the candidate once more where they are, and only if all else holds. */
  readonly trial?: TrialOptions;
}

export interface TrialOptions {
  /** Of the clients, above 0 and at most 1: drawn by the seed of the run and the model, and rounded up. */
  readonly share: number;
  /** So many at least, if there are as many; 1 by default. */
  readonly minClients?: number;
  /** One at least; all must hold for what these clients measure. */
  readonly constraints: readonly [Constraint, ...Constraint[]];
}

export interface BlessingNode extends Node<'ModelBlessing'> {
  readonly evaluation: EvaluationNode;
}

/** `blessing.json`. */
export interface BlessingFile {
  readonly blessed: boolean;
  readonly model: string;
  readonly baselineModel: string | null;
  readonly constraints: readonly ConstraintResult[];
  /** What some of the clients have found; null without a trial, and where it was not come to. */
  readonly trial: { readonly clients: number; readonly constraints: readonly ConstraintResult[] } | null;
}

/**
 * The figure is no worse than that of the latest blessed model; see `noWorseThan`. Without one before, it holds; if the
 * one before cannot be evaluated by the code at hand, it is undecided, and does not pass.
 */
export function noWorseThanBaseline(of: FigureOrName, options: NoWorseOptions = {}): BaselineConstraint {
  const { text } = noWorseThan({}, of, options);
  return { text, against: (baseline) => noWorseThan(baseline, of, options) };
}

export function modelValidator(options: ModelValidatorOptions): BlessingNode {
  const action = 'Cannot validate a model';
  checkOptions(action, options, {
    name: kinds.text,
    evaluation: required(nodeOf('ModelEvaluation', 'evaluator')),
    constraints: required(kinds.list),
    trial: kinds.record,
  });
  const { name = 'model-validator', evaluation, constraints, trial } = options;
  requireSome(action, 'constraints', constraints);
  if (trial !== undefined) checkTrial(action, trial);
  return {
    kind: 'ModelBlessing',
    component: 'ModelValidator',
    name,
    inputs: {
      evaluation,
      model: evaluation.model,
      ...(trial !== undefined && evaluation.inputs),
    },
    evaluation,
    prepare: (context, inputs) => {
      const prepared = trial === undefined ? null : evaluation.prepareTrial(inputs);
      const identity = constraints.map(({ text }) => text);
      return {
        identity:
          trial === undefined || prepared === null
            ? identity
            : { constraints: identity, trial: trialIdentity(trial), question: prepared.identity },
        make: async () => {
          const model = (inputs['model'] as Artifact).id;
          const file = jsonOf<EvaluationFile>(inputs['evaluation'] as Artifact, 'evaluation.json');
          const results = constraints.map((constraint) => checked(constraint, file));
          const refusedHere = reasonsOf(results);
          const tried =
            trial === undefined || prepared === null || refusedHere.length > 0
              ? null
              : await tryOut(trial, prepared, evaluation, context);
          const refused = [
            ...refusedHere,
            ...reasonsOf(tried?.constraints ?? []).map((reason) => `trial by ${tried?.clients}: ${reason}`),
          ];
          const blessing: BlessingFile = {
            blessed: refused.length === 0,
            model,
            baselineModel: file.baselineModel,
            constraints: results,
            trial: tried,
          };
          const all = results.length + (tried?.constraints.length ?? 0);
          const held = all === 1 ? '1 constraint holds' : `${all} constraints hold`;
          const by =
            tried === null
              ? ''
              : `, tried by ${tried.clients === 1 ? '1 client' : `${tried.clients} clients`}`;
          return {
            files: { 'blessing.json': canonical(blessing, 2) },
            properties: { model, constraints: all, triedBy: tried?.clients ?? 0 },
            refused,
            summary: refused.length === 0 ? `blessed: ${held}${by}` : `NOT BLESSED: ${refused[0]}`,
          };
        },
      };
    },
  };
}

function requireSome(action: string, option: string, constraints: readonly unknown[]): void {
  if (constraints.length > 0) return;
  throw optionError(
    `${action}: ${option} must have one at least, got none; what nothing is asked of is not blessed`,
  );
}

function checkTrial(action: string, trial: TrialOptions): void {
  checkOptions(`${action}: trial`, trial, {
    share: required(numberWithin({ above: 0, to: 1 })),
    minClients: numberWithin({ whole: true, from: 1 }),
    constraints: required(kinds.list),
  });
  requireSome(action, 'trial.constraints', trial.constraints);
}

const trialIdentity = ({ share, minClients = 1, constraints }: TrialOptions) => ({
  share,
  minClients,
  constraints: constraints.map(({ text }) => text),
});

/** Asks the clients that are drawn. */
async function tryOut(
  { share, minClients = 1, constraints }: TrialOptions,
  prepared: PreparedTrial,
  { model }: EvaluationNode,
  context: NodeContext,
): Promise<NonNullable<BlessingFile['trial']>> {
  const { size } = model.transform.examples.population;
  const clients = Math.min(size, Math.max(minClients, Math.ceil(share * size)));
  context.report(`trial by ${clients} of ${size} clients`);
  const figures = await prepared.ask(context, clients);
  return { clients, constraints: constraints.map((constraint) => constraint.check(figures)) };
}

const reasonsOf = (results: readonly ConstraintResult[]): readonly string[] =>
  results
    .filter(({ passes }) => !passes)
    .map(({ constraint, outcome, reason }) => `${constraint}: ${outcome}: ${reason}`);

function checked(
  constraint: GateConstraint,
  { candidate, baseline, baselineModel, incomparable }: EvaluationFile,
): ConstraintResult {
  if ('check' in constraint) return constraint.check(candidate);
  if (baseline !== null) return constraint.against(baseline).check(candidate);
  const isFirst = baselineModel === null;
  return {
    constraint: constraint.text,
    outcome: isFirst ? 'held' : 'undecided',
    passes: isFirst,
    value: null,
    low: null,
    high: null,
    limit: Number.NaN,
    reason: isFirst ? 'no model was blessed before' : (incomparable ?? 'the blessed model was not evaluated'),
  };
}
