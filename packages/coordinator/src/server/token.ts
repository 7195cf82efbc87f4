// The join token: a secret that operator and clients share, compared without telling how much of it was right.
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether a join token is the one that is asked for; anything is, where none (or an empty one) is asked for. */
export function tokenMatches(wanted: string | undefined, given: string | undefined): boolean {
  return wanted === undefined || wanted === '' || timingSafeEqual(digest(wanted), digest(given ?? ''));
}
