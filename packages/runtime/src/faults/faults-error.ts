// The error of faults that cannot be simulated as they are written: each problem with the path of its field, so that
// a reader of a file can say the line.
import { StarlingError } from '@starling/federated-core';
import { atLocation } from '@starling/federated-core/plan';

export interface FaultProblem {
  /** Such as `['dropouts', 0, 'probability']`; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** `must be …, got …`, or the like. */
  readonly problem: string;
}

/** `bad-faults`. */
export class FaultsError extends StarlingError {
  readonly problems: readonly FaultProblem[];

  /** `location`: the user's line, where it is known. */
  constructor(problems: readonly FaultProblem[], location: string | null = null) {
    const all = problems.map((each) => `${pathText(each.path)}${each.problem}`).join('; ');
    super('bad-faults', `Cannot simulate faults: ${all}${atLocation(location)}`);
    this.problems = problems;
  }
}

/** `dropouts[0].probability `, with the blank; nothing for the whole. */
export function pathText(path: FaultProblem['path']): string {
  if (path.length === 0) return '';
  const [first, ...more] = path;
  return `${first}${more.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')} `;
}
