// The named options of an intrinsic, checked where no compiler does: a misspelled option is not ignored.

import { describeValue, isPlain } from '../../errors/describe-value.js';
import { didYouMean } from '../../errors/nearest-name.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { StarlingError } from '../../errors/starling-error.js';

/** `options`, when it is an object with no other fields than `names`; else throws with the user's line. */
export function checkedOptions<O extends object>(
  intrinsic: string,
  options: O,
  names: readonly (keyof O & string)[],
): O {
  const isObject = typeof options === 'object' && options !== null && isPlain(options);
  const strange = isObject
    ? Object.keys(options).find((name) => !names.some((known) => known === name))
    : null;
  if (strange === undefined) return options;
  const got = strange === null ? describeValue(options) : `'${strange}'${didYouMean(strange, names)}`;
  throw new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: need options { ${names.join(', ')} }, got ${got}${atLocation(sourceLocation())}`,
  );
}
