// Runs the body of a federated computation, once, to trace it: what would go wrong without a word is refused.
import { withoutFrozenSources } from '../errors/frozen-sources.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';
import { runBody } from '../errors/user-body.js';
import type { ParameterExpression } from '../expression/expression.js';

/** What `body`, the body of the computation `name`, returns; throws where it draws numbers or asks the time. */
export function traceBody<T>(name: string, parameters: readonly ParameterExpression[], body: () => T): T {
  const names = parameters.map((parameter) => parameter.name ?? 'one value').join(', ');
  const given = `its body must work with federated values by intrinsics and call(…), of ${names || 'no parameter'}`;
  return withoutFrozenSources(
    (source) => frozen(name, source),
    () => runBody(`Cannot trace ${name}`, given, body),
  );
}

/** What a body draws, or reads from the clock, would be so once, when it is traced, and the same in every round. */
function frozen(name: string, source: string): StarlingError {
  const isTime = /^(Date|new Date|performance)/.test(source);
  const need = isTime
    ? 'a parameter at the server, or a time that is taken before'
    : 'random.uniform or random.normal in a local computation, or a number that is drawn before';
  return new StarlingError(
    'randomness',
    `Cannot trace ${name}: ${source} would be ${isTime ? 'asked' : 'drawn'} once, for all rounds and clients. Need ${need}, got ${source} in the body${atLocation(sourceLocation())}`,
  );
}
