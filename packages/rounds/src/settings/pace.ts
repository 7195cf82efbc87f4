// Pace steering: when a client that is not needed now is to come back, so that a round finds about as many clients as
// it asks for, whether there are few or very many. (Bonawitz et al., 2019, section 2.3.)

export interface Pace {
  /** Clients that a selection asks. */
  readonly wanted: number;
  /** Clients that may come. */
  readonly population: number;
  /** From one selection to the next, milliseconds. */
  readonly periodMs: number;
}

/**
 * How long a client waits, milliseconds. Few clients are told to come at the next selection all together; many are
 * spread over as many selections as it takes until each had one to itself. `uniform`: drawn from [0, 1).
 */
export function comeBackAfter({ wanted, population, periodMs }: Pace, uniform: number): number {
  const selections = Math.max(1, population / Math.max(1, wanted));
  if (selections <= 1) return periodMs;
  return periodMs * (1 + uniform * (selections - 1));
}
