// What a client of this machine keeps, around its work: the version that it reads, and the one that it makes.
import { clientStateSeed, type RoundPlan } from '@starling/federated-core/plan';
import { type PhaseWork, type PlanRunner, StateLostError } from '@starling/plan/runner';
import { decodeLeaves, encodeLeaves } from '@starling/plan/safetensors';
import type { PhaseStates } from '../runtime/runtime.js';
import type { LaneState } from './lane-state.js';

/** The version that a client begins with. */
export interface FoundState {
  readonly base: string | null;
  /** `null`: its first state is to be made. */
  readonly bytes: Uint8Array | null;
  /** Whether it had another, which is lost. */
  readonly restarted: boolean;
}

const NONE: FoundState = { base: null, bytes: null, restarted: false };

/** The state of the client at a position of the cohort. Throws a `StateLostError`. */
export async function findState(
  { clientState }: Pick<RoundPlan<string>, 'clientState'>,
  states: PhaseStates | undefined,
  position: number,
  client: string,
): Promise<FoundState> {
  const base = states?.bases[position] ?? null;
  if (states === undefined || base === null) return NONE;
  const bytes = await states.store.read(client, base);
  if (bytes !== null) return { base, bytes, restarted: false };
  if (clientState?.whenLost === 'sit-out') throw new StateLostError(base);
  return { ...NONE, restarted: true };
}

/** Keeps what a client has made of `base`, under its name. */
export async function keepState(
  { round, states }: { readonly round: number; readonly states?: PhaseStates },
  position: number,
  client: string,
  base: string | null,
  bytes: Uint8Array,
): Promise<void> {
  await states?.store.write(client, { id: states.nextOf(position, base), round, base }, bytes);
}

/** The state of a client in process; `null` where clients keep none. */
export function laneState(
  plan: Pick<RoundPlan<string>, 'clientState'>,
  request: { readonly round: number; readonly states?: PhaseStates; readonly seed: PhaseStates['seed'] },
  runner: Pick<PlanRunner, 'initializeClient'>,
  work: PhaseWork,
  position: number,
  client: string,
): LaneState | null {
  if (plan.clientState === undefined) return null;
  const { states } = request;
  let base: string | null = null;
  return {
    work,
    async find() {
      const { bytes, restarted, ...found } = await findState(plan, states, position, client);
      base = found.base;
      const seed = clientStateSeed(states?.seed ?? request.seed, client);
      return {
        restarted,
        leaves: () => (bytes === null ? runner.initializeClient(seed) : decodeLeaves(bytes)),
      };
    },
    keep: (state) => keepState(request, position, client, base, encodeLeaves(state)),
  };
}
