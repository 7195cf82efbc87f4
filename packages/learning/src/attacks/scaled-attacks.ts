// Attacks that multiply a liar's own update.
//
// Sign flip: −s x, which ascends (Li, Xu, Chen, Giannakis, Ling, "RSA", AAAI 2019, section 5).
// Model replacement: γ x, so that γ = n / η of n clients leaves nothing of the others in a mean (Bagdasaryan, Veit,
// Hua, Estrin, Shmatikov, "How To Backdoor Federated Learning", AISTATS 2020, equation 3). What it replaces the model
// by is what liars train: on flipped labels, for example.
import { tf } from '@starling/compute';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { type Attack, corrupted } from './attack.js';

/** Liars send −`scale` times their update; `scale` is above 0. */
export function signFlip(options: { readonly scale: number }): Attack {
  checkOptions('Cannot flip signs', options, { scale: required(positive) });
  return scaled('sign flip', -options.scale);
}

/** Liars send `boost` times their update; `boost` is above 0, and the size of the cohort replaces the model. */
export function modelReplacement(options: { readonly boost: number }): Attack {
  checkOptions('Cannot replace models', options, { boost: required(positive) });
  return scaled('model replacement', options.boost);
}

const positive = numberWithin({ above: 0, float32: true });

function scaled(name: string, factor: number): Attack {
  return {
    name,
    corrupt: (attacked) => corrupted(name, attacked, {}, (tensor) => tf.mul(tensor, factor)),
  };
}
