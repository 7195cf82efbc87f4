// Constraints of a command line, loaded only where some are asked for.
import type { FederationSetup } from '@starling/runtime';

/** `run` that must hold `texts` besides what its federation asks for. */
export async function requiring(run: FederationSetup, texts: readonly string[]): Promise<FederationSetup> {
  if (texts.length === 0) return run;
  const { withRequired } = await import('./required-constraints.js');
  return withRequired(run, texts);
}
