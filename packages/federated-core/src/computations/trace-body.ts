// Runs the body of a federated computation, once, to trace it: what would go wrong without a word is refused.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';
import { runBody } from '../errors/user-body.js';
import type { ParameterExpression } from '../expression/expression.js';

/** What `body`, the body of the computation `name`, returns; throws where it draws from Math.random. */
export function traceBody<T>(name: string, parameters: readonly ParameterExpression[], body: () => T): T {
  const names = parameters.map((parameter) => parameter.name ?? 'one value').join(', ');
  const given = `its body must work with federated values by intrinsics and call(…), of ${names || 'no parameter'}`;
  return withoutMathRandom(name, () => runBody(`Cannot trace ${name}`, given, body));
}

/** A number that a body draws would be drawn once, when it is traced, and be the same in every round. */
function withoutMathRandom<T>(name: string, body: () => T): T {
  const original = Math.random;
  Math.random = () => {
    throw new StarlingError(
      'randomness',
      `Cannot trace ${name}: Math.random would be drawn once, for all rounds and clients. Need random.uniform or random.normal in a local computation, or a number that is drawn before, got Math.random in the body${atLocation(sourceLocation())}`,
    );
  };
  try {
    return body();
  } finally {
    Math.random = original;
  }
}
