// The run that is attacked: who takes part, and how many more may join.
import type { CoordinatorOptions } from '@starling/coordinator';

/** Clients that do their work, `client-0` and on. */
export const HONEST = 20;
/** The population: places that attackers may take are left. */
export const PLACES = 1000;

/** What the attacked coordinator is started with. */
export interface Attacked
  extends Pick<CoordinatorOptions, 'token' | 'clientTokens' | 'maxUpdateNorm' | 'maxWeight'> {
  /** How many clients of the population take part in each round. Default: those that are honest. */
  readonly cohort?: number;
}
