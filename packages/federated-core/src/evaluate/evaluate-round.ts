// The reference meaning of one round of a process, with what its clients keep: every runtime must give what this gives.
import { analyse } from '../compile/analysis.js';
import { CLIENT_STATE } from '../compile/client-state.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { StarlingError } from '../errors/starling-error.js';
import { clientStateSeed } from '../program/seeds.js';
import { type Seed, seedFrom } from '../random/seed.js';
import type { HostValue } from '../values/host-types.js';
import { type EvaluateOptions, evaluateCounted } from './evaluate.js';

/** The computations of a process whose clients keep a state. */
export interface EvaluatedProcess {
  readonly next: FederatedComputation;
  readonly initializeClient?: FederatedComputation;
  readonly finiteState?: boolean;
}

export interface EvaluatedRound {
  readonly state: HostValue;
  readonly metrics: HostValue;
  /** Of all clients that have counted once, by id. */
  readonly clientStates: ReadonlyMap<string, HostValue>;
}

/**
 * One round: `given` holds the arguments of `next` without `clientState`. `clientStates` are those after the round
 * before; a client that has none begins with its first, which is drawn from `runSeed`. The state of a client that is
 * refused stays as it was.
 */
export async function evaluateRound(
  { next, initializeClient, finiteState = false }: EvaluatedProcess,
  given: Readonly<Record<string, unknown>>,
  clientStates: ReadonlyMap<string, HostValue>,
  options: EvaluateOptions & { readonly clientIds: readonly string[]; readonly runSeed?: Seed },
): Promise<EvaluatedRound> {
  const { runSeed = seedFrom(0), ...rest } = options;
  const { clientIds, run } = options;
  if (initializeClient === undefined) {
    throw new StarlingError('bad-run', 'Cannot evaluate a round: need a process whose clients keep a state');
  }
  const draws = {
    seedOf: (client: string) => clientStateSeed(runSeed, client),
    firstSalt: analyse(next).saltOf.size,
  };
  const firstOf = async (client: string): Promise<HostValue> => {
    const first = await evaluateCounted(initializeClient, null, { run, clientIds: [client] }, draws);
    return (first.value as readonly HostValue[])[0]!;
  };
  const clientState = await Promise.all(clientIds.map(async (id) => clientStates.get(id) ?? firstOf(id)));
  const { value, counted } = await evaluateCounted(
    next,
    { ...given, clientState },
    rest,
    finiteState ? { finite: CLIENT_STATE } : {},
  );
  const { state, metrics, clientState: made } = value as Record<string, HostValue>;
  const after = new Map(clientStates);
  for (const [index, position] of counted.entries()) {
    after.set(clientIds[position]!, (made as readonly HostValue[])[index]!);
  }
  return { state: state!, metrics: metrics!, clientStates: after };
}
