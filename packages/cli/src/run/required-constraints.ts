// Constraints of the command line, besides those of the federation.
import { readConstraint } from '@starling/learning/constraints';
import type { FederationSetup } from '@starling/runtime';
import { UsageError } from '../errors/usage-error.js';

/** `run` that must hold `texts` as well; throws a `UsageError` for one that cannot be read. */
export function withRequired(run: FederationSetup, texts: readonly string[]): FederationSetup {
  if (texts.length === 0) return run;
  const read = texts.map((text) => {
    try {
      return readConstraint(text);
    } catch (cause) {
      const [words] = (cause as Error).message.split('\n    at ');
      throw new UsageError(words as string, { cause });
    }
  });
  const own = run.constraints?.require ?? [];
  return { ...run, constraints: { ...run.constraints, require: [...own, ...read] } };
}
