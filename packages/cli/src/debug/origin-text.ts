// Where a NaN or an infinity came from, in words.
import type { NonFiniteOrigin } from '@starling/compute/eager';
import { formatNumber } from '../output/numbers.js';

/**
 * "NaN in kernel: made by Log in 'train', step 2 of 8", then the line, and what the kernel read. `leaves`: the paths
 * of what it spoiled.
 */
export function formatOrigin(leaves: readonly string[], origin: NonFiniteOrigin): string {
  const { kernel, value, computation, inGradient, steps, inputs, line } = origin;
  const head = `${value} in ${leaves.join(', ')}`;
  if (kernel === null) {
    const at = stepsText(steps);
    return `${head}: it came into '${computation}' with the client's data or with what it was sent${at}`;
  }
  const gradient = inGradient ? ', in a gradient' : '';
  const near = line === null ? '' : `\n    ${inGradient ? 'which it takes of' : 'at'} ${line}`;
  const read = inputs.map(({ name, shape, least, largest }) => {
    const range =
      least === largest ? formatNumber(least) : `${formatNumber(least)} to ${formatNumber(largest)}`;
    return `\n    it read ${name} [${shape.join(',')}]: ${range}`;
  });
  return `${head}: made by ${kernel} in '${computation}'${gradient}${stepsText(steps)}${near}${read.join('')}`;
}

/** ", step 2 of 8, step 3 of 28 of a scan". */
function stepsText(steps: NonFiniteOrigin['steps']): string {
  return steps
    .map(({ loop, step, steps: all }) => `, step ${step} of ${all}${loop === 'scan' ? ' of a scan' : ''}`)
    .join('');
}
