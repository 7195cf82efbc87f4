// ModelValidator: whether a model may go out, by constraints on its evaluation. What is undecided does not pass, and
// without a constraint there is no blessing: the type of the list asks for one at least.
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
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
import type { Node } from '../nodes/node.js';
import type { EvaluationFile, EvaluationNode } from './evaluator.js';

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
  });
  const { name = 'model-validator', evaluation, constraints } = options;
  if ((constraints as readonly GateConstraint[]).length === 0) {
    throw optionError(
      `${action}: constraints must have one at least, got none; what nothing is asked of is not blessed`,
    );
  }
  return {
    kind: 'ModelBlessing',
    component: 'ModelValidator',
    name,
    inputs: { evaluation, model: evaluation.model },
    evaluation,
    prepare: (_, inputs) => ({
      identity: constraints.map(({ text }) => text),
      make: async () => {
        const model = (inputs['model'] as Artifact).id;
        const file = jsonOf<EvaluationFile>(inputs['evaluation'] as Artifact, 'evaluation.json');
        const results = constraints.map((constraint) => checked(constraint, file));
        const refused = results
          .filter(({ passes }) => !passes)
          .map(({ constraint, outcome, reason }) => `${constraint}: ${outcome}: ${reason}`);
        const blessing: BlessingFile = {
          blessed: refused.length === 0,
          model,
          baselineModel: file.baselineModel,
          constraints: results,
        };
        return {
          files: { 'blessing.json': canonical(blessing, 2) },
          properties: { model, constraints: results.length },
          refused,
          summary:
            refused.length === 0
              ? `blessed: ${results.length === 1 ? '1 constraint holds' : `${results.length} constraints hold`}`
              : `NOT BLESSED: ${refused[0]}`,
        };
      },
    }),
  };
}

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
