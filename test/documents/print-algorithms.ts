// The table of docs/algorithms.md, of what the plans of the algorithms say.
import { clientStateOptions, compilePlan, inspectPlan } from '@starling/federated-core';
import { type AlgorithmCase, algorithms, linearModel } from '../support/algorithms.js';

/** Of two models, so that bytes can be given for one of P weights. */
const SIZES = [1000, 2000] as const;

/** "4 P + 12", of the bytes for each of `SIZES`; without P if they do not grow. */
function inWeights([small, large]: readonly [number, number]): string {
  const each = (large - small) / (SIZES[1] - SIZES[0]);
  const rest = small - each * SIZES[0];
  return [...(each === 0 ? [] : [`${each} P`]), ...(rest === 0 ? [] : [String(rest)])].join(' + ');
}

function summaries({ make }: AlgorithmCase) {
  const [small, large] = SIZES.map((size) => {
    const process = make(linearModel(size));
    return inspectPlan(compilePlan(process.next, clientStateOptions(process)));
  });
  return [small!, large!] as const;
}

function row([name, algorithm]: readonly [string, AlgorithmCase]): string {
  const [small, large] = summaries(algorithm);
  const down = inWeights([small.bytesDown!, large.bytesDown!]);
  const up = inWeights([small.bytesUp!, large.bytesUp!]);
  const link = `[\`${name}\`](#${name.toLowerCase()})`;
  return `| ${link} | ${small.phases.length} | ${down} | ${up} | ${small.revealing ? 'yes' : 'no'} |`;
}

/** The rows of the table, in the order of the page. */
export function algorithmRows(): readonly string[] {
  return Object.entries(algorithms).map(row);
}
