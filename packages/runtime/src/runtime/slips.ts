// Slips in code of the user's that a run calls: a sampler, an evaluation, what builds a federation.
import { runBody } from '@starling/federated-core/plan';

/** What to throw in place of `cause`: a slip of JavaScript gets words on what the code was given, as in a body. */
export function slipIn(cause: unknown, action: string, given: readonly string[]): unknown {
  try {
    return runBody(action, `it must work with { ${given.join(', ')} }`, () => {
      throw cause;
    });
  } catch (error) {
    return error;
  }
}
