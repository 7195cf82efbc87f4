// `federatedBoundedMean`: a mean of updates that the server holds to a norm, whatever a client sends: Sun, Kairouz,
// Suresh, McMahan, "Can You Really Backdoor Federated Learning?", 2019, section 4, norm thresholding.
import { boundedMeanAggregation } from '../../aggregations/bounded-mean.js';
import { describeValue } from '../../errors/describe-value.js';
import { EmptyAggregateError } from '../../errors/starling-error.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import { memberType } from '../../types/member-type.js';
import type { Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { finite, numbersOf, sameShapes, tensorOf } from '../framework/reference.js';
import type { Averageable } from '../framework/requirements.js';
import { settingsOf } from '../framework/settings.js';
import { applyRule, badRule, checkFlag, declaredByRules, type RuleOptions } from './rule.js';

export const federatedBoundedMeanDefinition: AggregateIntrinsic = {
  ...declaredByRules,
  name: 'federatedBoundedMean',
  usage: 'federatedBoundedMean(value, { norm, weighted?, weight?, ifEmpty? })',
  summary:
    'The mean of the clients’ values, each by its weight, once those of an L2 norm above `norm` are scaled down to it.',
  edgeCases:
    'No clients, or a total weight of 0: the round fails, or gives `ifEmpty`. All that count must be of one shape.',
  kinds: ['bounded-mean'],
  settings: boundedMeanAggregation.settings,
  reference(call, lanes) {
    const { norm, weighted } = settingsOf(call, boundedMeanAggregation.settings);
    const given = (update: readonly Tensor[]): number => Number(update.at(-1)!.data[0]);
    const weightOf = (update: readonly Tensor[]): number => (weighted ? given(update) : 1);
    const counting = lanes
      .map((lane) => lane.filter((update) => given(update) > 0))
      .filter((lane) => lane.length > 0);
    const [first] = sameShapes(counting);
    if (first === undefined) {
      if (call.settings.ifEmpty !== undefined) return call.settings.ifEmpty;
      throw new EmptyAggregateError(
        'Cannot evaluate federatedBoundedMean: need a total weight above 0, got 0; give { ifEmpty } for a value',
      );
    }
    const scaleOf = (update: readonly Tensor[]): number => {
      const numbers = update.slice(0, -1).flatMap((leaf) => numbersOf(leaf) as readonly number[]);
      const length = Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
      return weightOf(update) * (length > norm ? norm / length : 1);
    };
    const added = (numberIn: (update: readonly Tensor[]) => number): number =>
      counting
        .map((lane) => lane.reduce((sum, update) => sum + numberIn(update), 0))
        .reduce((sum, lane) => sum + lane);
    const total = added(weightOf);
    const means = leafTypes(memberType(call.type)).map((type, leaf) =>
      tensorOf(
        type,
        first[leaf]!.shape,
        numbersOf(first[leaf]!).map((_, at) => {
          const sum = added((update) => scaleOf(update) * (numbersOf(update[leaf]!)[at] as number));
          return sum / total;
        }),
      ),
    );
    return finite(call.intrinsic, means);
  },
};

export type BoundedMeanOptions<M extends Type = Type, W extends Type = Type> = RuleOptions<M, W> & {
  /** The greatest L2 norm of a value over all its tensors: a finite number above 0. */
  readonly norm: number;
  /** Whether weights count (the default); else all above 0 count alike, which a client cannot change. */
  readonly weighted?: boolean;
};

/**
 * The mean of the clients' values, each held to a norm by the server: a client cannot leave it out. The server sees
 * single clients' values, and the type of the result says so.
 */
export function federatedBoundedMean<M extends Type, W extends Type = Type>(
  value: AnyClientsValue<M> & Averageable<M>,
  options: BoundedMeanOptions<M, W>,
): RevealingServerValue<M> {
  const { name } = federatedBoundedMeanDefinition;
  const { norm, weighted = true } = options ?? {};
  if (!(Number.isFinite(norm) && norm > 0)) {
    throw badRule(name, `norm must be a finite number > 0, got ${describeValue(norm)}`);
  }
  checkFlag(name, weighted);
  return applyRule<M>(federatedBoundedMeanDefinition, value, options as never, { norm, weighted }, [
    'norm',
    'weighted',
  ]);
}
