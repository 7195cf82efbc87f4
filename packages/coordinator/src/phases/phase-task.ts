// A phase that clients can be asked for: its broadcast, encoded once for all, each client's own slices, encoded when
// its turn comes, and who owes an update.
import { clientSeed, clientStateSeed } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import { encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import type { Population } from '@starling/population';
import type { PhaseAddress } from '@starling/rounds';
import type { PhaseRequest } from '@starling/runtime/phases';
import { type Control, encodeMessage, MAX_BODY_BYTES, slicesLimit } from '@starling/wire';
import { type SharedBody, SMALL_BYTES, shareBody } from '../bodies/shared-body.js';
import { encodeSlices, slicesBytes } from '../bodies/slices-body.js';
import type { HeldBody, Task } from '../server/task.js';
import { type Gathering, type GatheringOptions, gather } from './gathering.js';

/** What is broadcast, as it is sent to all that get it. */
export interface SharedBroadcast {
  /** SHA-256 of its bytes. */
  readonly hash: string;
  readonly body: SharedBody;
}

export function shareBroadcast(leaves: PhaseRequest['broadcast'], nextStream: () => number): SharedBroadcast {
  const bytes = encodeLeaves(leaves);
  return { hash: sha256Hex(bytes), body: shareBody(bytes, nextStream()) };
}

export interface PhaseTask extends Task {
  readonly gathering: Gathering;
  /** Whether the client had lost its state, and was asked to begin anew. */
  hasRestarted(client: string): boolean;
}

export function makeTask(
  { plan }: LinkedPlan,
  {
    run,
    round,
    attempt = 1,
    phase,
    seed,
    cohort,
    broadcast: leaves,
    slices,
    states,
  }: PhaseRequest & Pick<PhaseAddress, 'run'>,
  population: Population,
  nextStream: () => number,
  options: Omit<GatheringOptions, keyof PhaseAddress | 'cohort'>,
  { hash: broadcast, body: shared }: SharedBroadcast = shareBroadcast(leaves, nextStream),
): PhaseTask {
  const clients = cohort.map((index) => population.clientId(index));
  const of = { run, round, attempt, phase };
  const address: PhaseAddress = { ...of, base: broadcast };
  const gathering = gather({ ...address, cohort: clients, ...options });
  const positions = new Map(clients.map((client, position) => [client, position]));
  const { selections } = plan.phases[phase]!;
  /** What a client of the plan lets slices be; it ends where they are more. */
  const mostSlices = Math.min(slicesLimit(plan.phases, phase), MAX_BODY_BYTES);

  /** `null` if they are more than a client takes: it has no further part. */
  function slicesOf(client: string, held: HeldBody | null) {
    if (slices === undefined) return { hash: null, frames: [] };
    const position = positions.get(client)!;
    const refuse = (bytes: number): null => {
      const reason = `Cannot send slices: at most ${mostSlices} bytes go to a client, got ${bytes}`;
      gathering.failed(client, null, 'too-many-keys', reason);
      return null;
    };
    const bytes = slicesBytes(slices, position);
    if (bytes > mostSlices) return refuse(bytes);
    const own = encodeSlices(selections, slices, position);
    if (own.length > mostSlices) return refuse(own.length); // with a header, and strings
    const hash = sha256Hex(own);
    const from = held?.hash === hash ? held.from : 0;
    return { hash, frames: shareBody(own, nextStream()).frames('slices', { ...of, hash }, from) };
  }

  /** What shares a broadcast that was sent to one of its sockets. */
  const brought = new Set<string>();
  /** Clients that were asked before: what comes elsewhere may be lost, so that they get all of it. */
  const asked = new Set<string>();
  const broughtAgain = new Set<string>();
  function isElsewhere(client: string, shares: string | null): boolean {
    const isThere =
      shares !== null && brought.has(shares) && !asked.has(client) && shared.bytes > SMALL_BYTES;
    asked.add(client);
    if (shares !== null) brought.add(shares);
    return isThere;
  }

  const restarted = new Set<string>();
  const { clientState } = plan;
  const makesState = clientState !== undefined && clientState.madeIn === phase;
  function stateOf(client: string): Control<'work'>['state'] {
    if (clientState === undefined) return null;
    const position = positions.get(client)!;
    const base = restarted.has(client) ? null : (states?.bases[position] ?? null);
    return {
      base,
      next: makesState && states !== undefined ? states.nextOf(position, base) : null,
      seed: [...clientStateSeed(states?.seed ?? seed, client)],
      keepFrom: states?.keepFrom ?? 0,
    };
  }

  return {
    ...address,
    gathering,
    hasRestarted: (client) => restarted.has(client),
    hasLost(client, at, what) {
      const isOfThis = at.run === run && at.round === round && at.attempt === attempt && at.phase === phase;
      if (!isOfThis || at.broadcast !== broadcast || !gathering.owes(client)) return false;
      if (what === 'broadcast') {
        const isFirst = !broughtAgain.has(client);
        broughtAgain.add(client);
        return isFirst;
      }
      if (clientState?.whenLost !== 'restart' || stateOf(client)?.base === null) return false;
      restarted.add(client);
      return true;
    },
    frames(client, held, received, shares = null) {
      const own = slicesOf(client, held.slices);
      if (own === null) return { slices: [], work: [] };
      const control = {
        ...of,
        seed: [...clientSeed(seed, client)] as [number, number],
        deadlineMs: gathering.remainingMs(),
        broadcast,
        slices: own.hash,
        state: stateOf(client),
        received,
      };
      if (isElsewhere(client, shares)) {
        return { slices: own.frames, work: [encodeMessage('work', { ...control, elsewhere: true })] };
      }
      const from = held.broadcast?.hash === broadcast ? held.broadcast.from : 0;
      return { slices: own.frames, work: shared.frames('work', control, from) };
    },
  };
}
