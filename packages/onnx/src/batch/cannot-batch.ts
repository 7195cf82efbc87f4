// Why a graph is not run for many clients at once: each is then called by itself, as ever.

/** `reason` completes the sentence "Not for many clients in one call: …". */
export class CannotBatch extends Error {
  override readonly name = 'CannotBatch';

  constructor(readonly reason: string) {
    super(`Cannot run a graph for many clients in one call: ${reason}`);
  }
}
