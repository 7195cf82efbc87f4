// The client of a round by its name: where it stands in the cohort that was asked.
import { StarlingError } from '@starling/federated-core';
import { didYouMean } from '@starling/federated-core/plan';
import type { ReplayedClient, ReplayOptions } from './replay-options.js';

/** Names that an error gives. */
const MOST_NAMES = 10;

/** Names that one which nobody has is compared with, for the nearest. */
const MOST_COMPARED = 1000;

/** Throws a `StarlingError` with code `no-such-client` if it is not of the cohort. */
export function findClient(
  options: Pick<ReplayOptions, 'population' | 'round' | 'client'>,
  cohort: readonly number[],
): ReplayedClient {
  const names = cohort.map((index) => options.population.clientId(index));
  const position = names.indexOf(options.client);
  if (position >= 0) {
    return { name: options.client, index: cohort[position]!, position, cohortSize: cohort.length };
  }
  requireName(options);
  const shown = [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['…'] : [])].join(', ');
  throw new StarlingError(
    'no-such-client',
    `Cannot replay client '${options.client}' in round ${options.round}: need one of the ${names.length} that were asked (${shown}), got one that was not`,
  );
}

/** A population of more is not searched for a name. */
const MOST_SEARCHED = 1_000_000;

/** Throws unless the client is of the population at all: it may be called by its number, or by a slip of its name. */
function requireName({
  population,
  round,
  client,
}: Pick<ReplayOptions, 'population' | 'round' | 'client'>): void {
  const { size, name } = population;
  if (size > MOST_SEARCHED) return;
  const compared: string[] = [];
  for (let index = 0; index < size; index++) {
    const other = population.clientId(index);
    if (other === client) return;
    if (index < MOST_COMPARED) compared.push(other);
  }
  const isNumber = /^\d+$/.test(client) && Number(client) < size;
  const advice = isNumber
    ? `. The client of index ${client} is '${population.clientId(Number(client))}'`
    : didYouMean(client, compared);
  throw new StarlingError(
    'no-such-client',
    `Cannot replay client '${client}' in round ${round}: need a name that one of the ${size} clients of ${name} has, such as '${population.clientId(0)}', got one that none has${advice}`,
  );
}
