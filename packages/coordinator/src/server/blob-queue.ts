// The blobs of the plan that one client has asked for and not got yet. They leave one after another, so that however
// much is asked for, no more waits in the socket than one of them.
import { type Control, WireError } from '@starling/wire';
import type { PlanOffer } from '../bodies/plan-offer.js';
import type { SharedBody } from '../bodies/shared-body.js';
import type { Outbox } from './outbox.js';

export interface BlobQueue {
  /** Throws a `WireError` for a blob that the plan does not name, and if more are waited for than it has. */
  want(blobs: Control<'want'>['blobs']): void;
  /** Whether a blob is on its way. */
  readonly isServing: boolean;
}

export function createBlobQueue({ blobs: offered }: PlanOffer, outbox: Outbox): BlobQueue {
  const wanted: { readonly hash: string; readonly blob: SharedBody; readonly from: number }[] = [];
  let isServing = false;

  function serve(): void {
    const next = wanted.shift();
    isServing = next !== undefined;
    if (next === undefined) return;
    const { hash, blob, from } = next;
    outbox.body(blob.frames('blob', { hash }, from), serve);
  }

  return {
    want(blobs) {
      for (const { hash, from } of blobs) {
        const blob = offered.get(hash);
        if (blob === undefined) {
          throw new WireError('unknown-blob', `Cannot send blob ${hash}: the plan names none`);
        }
        if (wanted.length + (isServing ? 1 : 0) >= offered.size) {
          const text = `Cannot send more blobs: the plan has ${offered.size}, and as many are waited for`;
          throw new WireError('too-many-blobs', text);
        }
        wanted.push({ hash, blob, from });
        if (!isServing) serve();
      }
    },
    get isServing() {
      return isServing;
    },
  };
}
