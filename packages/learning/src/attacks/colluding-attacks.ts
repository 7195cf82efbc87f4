// Attacks by liars that know what the honest clients send: their mean μ and standard deviation σ of each coordinate,
// which costs one more round trip.
//
// A little is enough: μ − z σ, within the spread of the honest (Baruch, Baruch, Goldberg, "A Little Is Enough:
// Circumventing Defenses For Distributed Learning", NeurIPS 2019, Algorithm 3; z = 1.5 in its experiments).
// Inner product manipulation: −ε μ, so that the aggregate points away from μ (Xie, Koyejo, Gupta, "Fall of Empires:
// Breaking Byzantine-tolerant SGD by Inner Product Manipulation", UAI 2019, section 4).
import { mapStructure, zerosOf } from '@starling/aggregators';
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
  federatedBroadcast,
  federatedMap,
  federatedMean,
  float32,
  type LocalComputation,
} from '@starling/federated-core';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { type Attack, type Attacked, corrupted } from './attack.js';

/** Liars send μ − `deviations` · σ of the honest clients; `deviations` is z, above 0, and 1.5 by default. */
export function littleIsEnough(options: { readonly deviations?: number } = {}): Attack {
  checkOptions('Cannot attack by a little', options, { deviations: positive });
  const { deviations = 1.5 } = options;
  const name = 'a little is enough';
  return {
    name,
    corrupt(attacked) {
      const mean = honestMean(attacked, attacked.value);
      const squares = honestMean(
        attacked,
        federatedMap(squared(attacked), { value: attacked.value }) as never,
      );
      const known = { mean: federatedBroadcast(mean), squares: federatedBroadcast(squares) };
      return corrupted(name, attacked, known as never, (_, { mean, squares }: Moments) => {
        const variance = tf.relu(tf.sub(squares, tf.square(mean)));
        return tf.sub(mean, tf.mul(tf.sqrt(variance), deviations));
      });
    },
  };
}

/** Liars send −`scale` times the mean of the honest clients; `scale` is ε, above 0. */
export function innerProductManipulation(options: { readonly scale: number }): Attack {
  checkOptions('Cannot manipulate inner products', options, { scale: required(positive) });
  const { scale } = options;
  const name = 'inner product manipulation';
  return {
    name,
    corrupt(attacked) {
      const mean = federatedBroadcast(honestMean(attacked, attacked.value));
      return corrupted(name, attacked, { mean } as never, (_, { mean }: Moments) => tf.mul(mean, -scale));
    },
  };
}

interface Moments {
  readonly mean: tf.Tensor;
  readonly squares: tf.Tensor;
}

const positive = numberWithin({ above: 0, float32: true });

/** Over the clients that are no liars, each counting 1; zeros without any. */
function honestMean({ attacker, update }: Attacked, value: AnyClientsValue): AnyServerValue {
  const weight = federatedMap(honesty, { attacker } as never);
  return federatedMean(value as never, { weight, ifEmpty: zerosOf(update) } as never) as AnyServerValue;
}

const honesty: LocalComputation = localComputation(
  { attacker: float32() },
  ({ attacker }) => tf.sub(1, attacker),
  { name: 'honesty' },
);

function squared({ update }: Attacked) {
  return localComputation(
    { value: update },
    (argument) => mapStructure(tf.square, (argument as { readonly value: TensorStructure }).value),
    { name: 'squares' },
  );
}
