// What the clients of a lane keep, on main's side: it reads the states that a lane takes along, and keeps those that
// come back.
import type { RoundPlan } from '@starling/federated-core/plan';
import { type ClientReport, droppedReport, StateLostError } from '@starling/plan/runner';
import { type FoundState, findState, keepState } from '../fold/client-states.js';
import type { PhaseRequest } from '../runtime/runtime.js';

/** What the client at a position of the cohort begins with, or what it is reported as without it. */
export async function stateOrReport(
  plan: Pick<RoundPlan<string>, 'clientState'>,
  { states }: PhaseRequest,
  position: number,
  client: string,
): Promise<FoundState | ClientReport> {
  try {
    return await findState(plan, states, position, client);
  } catch (error) {
    if (error instanceof StateLostError) return droppedReport(client, 'work-failed', error);
    throw error; // the disk refuses: that is no client's fault
  }
}

/** Keeps the new states of those who are accepted, of a lane that begins at the position `start`. */
export async function keepStates(
  request: PhaseRequest,
  start: number,
  found: readonly (FoundState | null)[],
  made: readonly (Uint8Array | null)[],
  reports: readonly ClientReport[],
): Promise<void> {
  for (const [at, bytes] of made.entries()) {
    const { client, status } = reports[at]!;
    if (bytes === null || status !== 'accepted') continue;
    await keepState(request, start + at, client, found[at]?.base ?? null, bytes);
  }
}
