// Clients that only an evaluation asks are joined to those of the run, and known by their names: over sockets one of
// two that share a name would answer for both.
import { optionError } from '@starling/federated-core/plan';
import { type Evaluation, isOfClients } from './evaluation.js';
import type { RunOptions } from './run-options.js';

/** Of more clients than these, names are compared in the cohorts alone: a million clients cost as much as a cohort. */
const CLIENTS_COMPARED = 100_000;

/** Throws a `RangeError` if the population of an evaluation has a name that a client of the run has. */
export function checkNames({ population, evaluation }: Pick<RunOptions, 'population' | 'evaluation'>): void {
  const others = populationOf(evaluation as Evaluation | undefined);
  if (others === undefined || population.size + others.size > CLIENTS_COMPARED) return;
  const names = new Set(Array.from({ length: population.size }, (_, index) => population.clientId(index)));
  for (let index = 0; index < others.size; index++) {
    const name = others.clientId(index);
    if (!names.has(name)) continue;
    const advice =
      others === population
        ? 'Leave evaluation.population out: the clients of the run are asked then'
        : 'Give them other names, such as by the clientIds of populationOf';
    throw optionError(
      `Cannot run rounds: clients of evaluation.population must have names of their own, got '${name}' in ${population.name} and ${others.name}. ${advice}`,
    );
  }
}

function populationOf(evaluation: Evaluation | undefined): RunOptions['population'] | undefined {
  return evaluation !== undefined && isOfClients(evaluation) ? evaluation.population : undefined;
}
