// What a failure of a program says. A program knows its calls by number alone, on whatever machine it runs; the
// plan of the one who compiled it knows where each was written, and puts that in the words.
import { thrownWords } from '../errors/read-thrown.js';
import { StarlingError } from '../errors/starling-error.js';

/** A plan that may know where its calls and aggregations were written, by their numbers. */
interface PlanWithSources {
  readonly sources?: {
    readonly calls: readonly string[];
    readonly aggregations?: readonly (readonly string[])[];
  };
}

const NUMBERED_CALL = /Cannot run call (\d+)/;
const NUMBERED_AGGREGATION = / (of|in) aggregation (\d+)/;

/** The error of an instruction or a selection whose graph failed; code `computation-failed`. */
export function callFailure(
  step: { readonly op?: string; readonly salt?: number },
  cause: unknown,
): StarlingError {
  const call = step.salt === undefined ? step.op : `call ${step.salt}`;
  return new StarlingError('computation-failed', `Cannot run ${call}: ${thrownWords(cause)}`, { cause });
}

/**
 * The words of a failure, with the intrinsic and the user's line in place of the number of a call, or of an aggregation
 * of the `phase`, when the plan knows them: the message of an error, or the reason of a client's report.
 */
export function explainFailure({ sources }: PlanWithSources, text: string, phase?: number): string {
  const aggregations = phase === undefined ? undefined : sources?.aggregations?.[phase];
  return text
    .replace(NUMBERED_CALL, (numbered, call: string) => {
      const source = sources?.calls[Number(call)];
      return source === undefined ? numbered : `Cannot run ${source}`;
    })
    .replace(NUMBERED_AGGREGATION, (numbered, joint: string, aggregation: string) => {
      const source = aggregations?.[Number(aggregation)];
      return source === undefined ? numbered : ` ${joint} ${source}`;
    });
}
