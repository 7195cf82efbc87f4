// What a trie of votes discloses: the differential privacy of each level, which is whether enough clients that were
// drawn begin with a prefix, and of all levels together.
import { checkNumber } from '@starling/federated-core/plan';

export interface TrieVotes {
  /** With which probability a client is drawn to vote, at each level by itself. */
  readonly share: number;
  /** Votes that a prefix needs. */
  readonly threshold: number;
  readonly levels: number;
}

/**
 * The smallest ε for which the words that are found are (ε, δ)-differentially private, for one client more or less;
 * null if there is none for this δ.
 *
 * A client gives one vote at most at each level, and so moves the count of one prefix. Of k other clients with that
 * prefix, votes are binomial: it is kept with probability q(k) without the client and with q(k + 1) with it, since the
 * client is one more that may be drawn. δ of a level is then the most that q(k + 1) exceeds e^ε q(k) by, over all k;
 * the other way round, that a prefix is not kept, 1 − q(k) is at most (1 − q(k + 1)) / (1 − share). A choice among
 * words is a mixture of these, which is no worse. Levels compose by adding up ε and δ.
 */
export function trieEpsilon(votes: TrieVotes, delta: number): number | null {
  const { share, threshold, levels } = votes;
  checkNumber('Cannot account for votes', 'delta', delta, { above: 0, below: 1 });
  const ofLevel = delta / levels;
  // A prefix of as many clients as it needs may be kept, and without one of them it never is.
  if (share === 1 || ofLevel < share ** threshold) return null;
  let low = -Math.log1p(-share);
  let high = low;
  while (levelDelta(share, threshold, high) > ofLevel) high = 2 * high + 1;
  if (high === low) return levels * low;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (levelDelta(share, threshold, middle) > ofLevel) low = middle;
    else high = middle;
  }
  return levels * high;
}

const STEPS = 50;

/** The most that q(k + 1) exceeds e^ε q(k) by, over all k. */
export function levelDelta(share: number, threshold: number, epsilon: number): number {
  const factor = Math.exp(epsilon);
  const stay = Math.log1p(-share);
  // Of threshold − 1 votes among k clients, by its logarithm: first of as many clients.
  let logVotes = (threshold - 1) * Math.log(share);
  let kept = 0;
  let most = 0;
  for (let k = threshold - 1; kept * factor < 1; k++) {
    const next = kept + share * Math.exp(logVotes);
    most = Math.max(most, next - factor * kept);
    logVotes += stay + Math.log((k + 1) / (k + 2 - threshold));
    // Beyond the mean, what is added fades below the last digit of what is there.
    if (next === kept && k * share > threshold) break;
    kept = next;
  }
  return most;
}
