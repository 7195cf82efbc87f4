// The run that is attacked: who takes part, and how many more may join.

/** Clients that do their work, `client-0` and on. */
export const HONEST = 20;
/** The population: places that attackers may take are left. */
export const PLACES = 1000;
