// Constants that the user writes among the arguments of an intrinsic: checked, with the intrinsic and the user's line
// in the error when one does not fit, and copied, so that a computation stays what it was when it was written.
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { ValueError } from '../../errors/starling-error.js';
import type { LiteralExpression } from '../../expression/expression.js';
import type { Type } from '../../types/types.js';
import { flatten } from '../../values/flatten.js';
import { inferType } from '../../values/infer-type.js';
import { copyTensor } from '../../values/tensor.js';
import { toValue } from '../../values/to-value.js';

/**
 * `value` as a literal of `type`, or of the type that it has by itself. Errors say the `action`, such as `apply
 * federatedMin`, and `what` the value is: `ifEmpty`.
 */
export function literal(action: string, what: string, value: unknown, type?: Type): LiteralExpression {
  try {
    const known = type ?? inferType(value);
    return { kind: 'literal', type: known, leaves: flatten(known, toValue(known, value)).map(copyTensor) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const reason = error.message
      .replace(/^Cannot take a value of /, `${what} must be `)
      .replace(/^Cannot infer the type of an? \w+/, `${what} must be a literal`);
    throw new ValueError(error.path, `Cannot ${action}: ${reason}${atLocation(sourceLocation())}`, {
      cause: error,
    });
  }
}
