// The server of a simulation: the machines of rounds, the reader and writer of the wire and the directory store, joined
// by as little as will do. A process of it lives until it crashes; the disk stays.
// Long because it is all that a server does, and each part of it is short.
import { deriveSeed, generator, type Seed, seedFrom } from '@starling/federated-core';
import type { LostClient } from '@starling/federated-core/plan';
import {
  type Attempt,
  type createGathering,
  createRunMachine,
  type Gathering,
  type GatheringSettings,
  goalOf,
  type PhaseAddress,
  type RunAction,
  type RunMachine,
} from '@starling/rounds';
import { failedAttempts, type OpenRun, openAttempt, StoreFailedError } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { type Disk, SimulatedCrash } from '@starling/store/testing';
import {
  type Control,
  commonVersion,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  type Message,
  spokenVersions,
} from '@starling/wire';
import { type Checker, Finding, INITIAL } from './checker.js';
import { HELLO_MS } from './client.js';
import type { Clock } from './clock.js';
import type { FaultMix } from './mix.js';
import { type Network, SERVER } from './network.js';
import { bytesOf, fold, nameOf, type Words, wordsOf } from './work.js';

export const RUN = 'run';
/** From the end of a process that ended itself to the next one, milliseconds. */
export const RESTART_MS = 300;
const WRITE_MS = 5;

export interface ServerParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly disk: Disk;
  readonly mix: FaultMix;
  readonly names: readonly string[];
  readonly seed: Seed;
  readonly checker: Checker;
  readonly makeGathering: typeof createGathering;
  /** In which phases a client counts, of those who count in each. */
  readonly phasesOf: (counted: readonly (readonly string[])[], client: string) => readonly number[];
  /** The disk says that the machine went down. */
  readonly onCrash: () => void;
}

/** One phase that is being gathered. */
interface Phase {
  readonly address: PhaseAddress;
  readonly gathering: Gathering;
  readonly cohort: readonly string[];
  readonly base: Words;
  readonly beganAt: number;
  /** What was added, by position: one report each, if all is well. */
  readonly reports: Words[][];
}

export interface ServerProcess {
  readonly outcome: 'finished' | 'failed' | null;
  receive(from: string, message: Message): Promise<void> | void;
  kill(): void;
}

/** Begins a process, the `life`-th; `onExit` is told when it has ended itself, and is to be started again. */
export function startServer(parts: ServerParts, life: number, onExit: () => void): ServerProcess {
  const { clock, network, disk, mix, names, seed, checker } = parts;
  const { settings } = mix;
  const lastHeard = new Map<string, number>();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  let isAlive = true;
  let outcome: 'finished' | 'failed' | null = null;
  let run: OpenRun | null = null;
  let machine: RunMachine | null = null;
  let state: Words = INITIAL;
  let next: Words = INITIAL;
  let attempt: Attempt | null = null;
  let counted: (readonly string[])[] = [];
  /** Who has reported to the attempt at hand. */
  const reported = new Set<string>();
  /** By attempt that this process saw the end of: who counted, phase by phase; `null` if it was given up. */
  const ends = new Map<string, readonly (readonly string[])[] | null>();
  let phase: Phase | null = null;
  let wakeAt = Number.POSITIVE_INFINITY;

  const isGone = ({ pid }: { readonly pid: number }): boolean => pid < life;
  const owner = { id: `life${life}`, pid: life, host: 'here', began: '', isGone };

  async function begin(): Promise<void> {
    try {
      const store = directoryStore('/run', { disk, owner });
      run = await store.open(RUN);
      await run.start({ name: 'simulated' });
      const { found } = run;
      checker.restarted(found);
      const round = found?.state?.round ?? 0;
      if (found?.state != null) state = wordsOf(found.state.bytes)!;
      const history = found?.history ?? null;
      const open = openAttempt(history, round);
      const known =
        open === null
          ? null
          : { ...open, cohort: open.cohort.clients!.map((client) => indexOf.get(client)!) };
      machine = createRunMachine({ settings, seed, draw });
      const failed = failedAttempts(history, round);
      const hadEnded = history?.end?.outcome === 'failed';
      await perform(machine.handle({ kind: 'started', round, attempt: known, failed, hadEnded }, clock.now));
      sweep();
    } catch (error) {
      if (error instanceof StoreFailedError) exit();
      else if (error instanceof SimulatedCrash) parts.onCrash();
      else throw error;
    }
  }
  function draw(round: number, from: Seed): readonly number[] {
    const order = generator(deriveSeed(from, round)).permutation(names.length);
    return [...order.subarray(0, settings.cohortSize)];
  }
  function exit(): void {
    isAlive = false;
    onExit();
  }

  async function handle(event: Parameters<RunMachine['handle']>[0]): Promise<void> {
    if (isAlive) await perform(machine!.handle(event, clock.now));
  }
  async function perform(actions: readonly RunAction[]): Promise<void> {
    for (const action of actions) {
      switch (action.kind) {
        case 'store':
          await write(action);
          break;
        case 'run':
          attempt = action.attempt;
          counted = [];
          reported.clear();
          next = state;
          await gather(
            0,
            action.attempt.cohort.map((client) => names[client]!),
          );
          break;
        case 'committed':
          state = next;
          checker.announced(action.round, attempt!, counted, state);
          settled(action, counted);
          break;
        case 'attempt-failed':
          settled(action, null);
          phase = null;
          break;
        case 'abandon':
          phase = null;
          break;
        case 'done':
          if (action.outcome === 'stopped') exit();
          else outcome = action.outcome;
          await run!.close().catch(() => {}); // the disk may go down here, too
          break;
        default:
          action satisfies never;
      }
      if (!isAlive) break;
    }
    plan();
  }
  /** Tells who has reported whether the attempt counts. */
  function settled(
    { round, attempt: number }: { readonly round: number; readonly attempt: number },
    those: readonly (readonly string[])[] | null,
  ): void {
    ends.set(`${round}.${number}`, those);
    for (const client of reported) tell(client, { run: RUN, round, attempt: number });
  }
  function tell(client: string, of: Pick<Control<'commit'>, 'run' | 'round' | 'attempt'>): void {
    const isOpen = attempt?.round === of.round && attempt.attempt === of.attempt;
    const those = ends.get(`${of.round}.${of.attempt}`);
    if (isOpen && those === undefined) return;
    const status = those === undefined ? 'unknown' : those === null ? 'abandoned' : 'committed';
    const phases = [...parts.phasesOf(those ?? [], client)];
    network.send(SERVER, client, [encodeMessage('commit', { ...of, status, counted: phases })]);
  }
  async function write(action: RunAction & { readonly kind: 'store' }): Promise<void> {
    try {
      await writeNow(action);
      clock.after(WRITE_MS, () => handle({ kind: 'stored' }));
    } catch (error) {
      if (error instanceof SimulatedCrash) parts.onCrash();
      else if (error instanceof StoreFailedError) {
        clock.after(WRITE_MS, () => handle({ kind: 'store-refused', reason: error.message }));
      } else throw error;
    }
  }
  function writeNow(action: RunAction & { readonly kind: 'store' }): Promise<void> {
    switch (action.write) {
      case 'attempt': {
        const { cohort, ...id } = action.attempt;
        const clients = cohort.map((client) => names[client]!);
        return run!.begin({ ...id, cohort: { size: cohort.length, digest: clients.join(), clients } });
      }
      case 'failure': {
        const { round, attempt: number, code, reason } = action;
        return run!.fail({ round, attempt: number, code, reason });
      }
      case 'commit': {
        const kept = next;
        const { round, attempt: number, counted: those, lost } = action;
        const commit = { round, attempt: number, counted: those, lost, metrics: null };
        return run!.commit({ ...commit, state: () => bytesOf(kept) });
      }
      case 'end':
        return run!.end({ outcome: action.outcome, code: action.code, reason: action.reason });
    }
  }
  function phaseSettings(cohort: readonly string[]): GatheringSettings {
    const { minReports: needed, deadlineMs, extendBelow, maxExtensions } = settings;
    return { cohort, goal: goalOf(settings, cohort.length), needed, deadlineMs, extendBelow, maxExtensions };
  }
  async function gather(index: number, cohort: readonly string[]): Promise<void> {
    const { round, attempt: number } = attempt!;
    const address = { run: RUN, round, attempt: number, phase: index, base: nameOf(next) };
    const gathering = parts.makeGathering(address, phaseSettings(cohort), clock.now);
    const reports = cohort.map((): Words[] => []);
    phase = { address, gathering, cohort, base: next, beganAt: clock.now, reports };
    checker.asked(attempt!);
    for (const client of lastHeard.keys()) await happened({ kind: 'joined', client });
    if (phase?.gathering === gathering && cohort.length === 0) await happened({ kind: 'tick' });
    plan();
  }
  /** An event of the phase that is being gathered. */
  async function happened(
    event: Parameters<Gathering['handle']>[0],
    words: Words | null = null,
  ): Promise<void> {
    const current = phase;
    if (current === null || !isAlive) return;
    for (const action of current.gathering.handle(event, clock.now)) {
      switch (action.kind) {
        case 'ask':
          network.send(SERVER, action.client, workFor(current));
          break;
        case 'answer': {
          const { client, address, status, code } = action;
          const { base: _, ...of } = address;
          if (status !== 'ignored') reported.add(client);
          const told = { ...of, status, ...(code === null ? {} : { code }) };
          network.send(SERVER, client, [encodeMessage('ack', told)]);
          break;
        }
        case 'settle':
          if (action.fate.status === 'accepted') current.reports[action.position]!.push(words!);
          break;
        case 'over':
          await concluded(current);
          break;
        case 'extended':
          break;
        default:
          action satisfies never;
      }
    }
  }
  function workFor({ address, base, gathering }: Phase): readonly Uint8Array[] {
    const deadlineMs = Math.max(0, (gathering.wakeAt ?? clock.now) - clock.now);
    const control = {
      ...address,
      seed: [...attempt!.seed] as [number, number],
      deadlineMs,
      broadcast: address.base,
      received: 0,
    };
    return encodeBodyMessage('work', control, bytesOf(base), { stream: 1 });
  }
  async function concluded({ address, gathering, cohort, reports, base, beganAt }: Phase): Promise<void> {
    checker.phaseOver(address, clock.now - beganAt);
    phase = null;
    const { fates } = gathering;
    const those = cohort.filter((_, position) => fates[position]!.status === 'accepted');
    if (those.length < settings.minReports) {
      const reason = `need ${settings.minReports} reports, got ${those.length} of ${cohort.length}`;
      await handle({ kind: 'failed', code: 'too-few-reports', reason });
      return;
    }
    counted.push(those);
    next = fold(base, address, reports.flat());
    if (address.phase + 1 < mix.phases) await gather(address.phase + 1, those);
    else {
      const lost = fates.flatMap((fate, position): readonly LostClient[] =>
        fate.status === 'accepted'
          ? []
          : [{ client: cohort[position]!, status: fate.status, code: fate.code }],
      );
      await handle({ kind: 'ran', counted: those, lost });
    }
  }

  /** Sees to it that the machines are woken in time. */
  function plan(): void {
    const times = [machine?.wakeAt ?? null, phase?.gathering.wakeAt ?? null].filter((at) => at !== null);
    const at = Math.min(...times);
    if (!isAlive || outcome !== null || at >= wakeAt || times.length === 0) return;
    wakeAt = at;
    clock.after(Math.max(0, at - clock.now), async () => {
      if (!isAlive || at !== wakeAt) return;
      wakeAt = Number.POSITIVE_INFINITY;
      await handle({ kind: 'tick' });
      await happened({ kind: 'tick' });
      plan();
    });
  }
  /** Clients of which nothing was heard for a while are gone. */
  async function sweep(): Promise<void> {
    if (!isAlive || outcome !== null) return;
    for (const [client, at] of lastHeard) {
      if (clock.now - at < HELLO_MS * 5) continue;
      lastHeard.delete(client);
      await handle({ kind: 'left', client: indexOf.get(client)! });
    }
    clock.after(HELLO_MS * 2, sweep);
  }

  clock.after(0, begin);
  return {
    get outcome() {
      return outcome;
    },
    async receive(from, message) {
      if (!isAlive || machine === null) return;
      if (isMessage(message, 'hello')) {
        const { versions, awaits } = message.control;
        if (versions === undefined || commonVersion(versions, spokenVersions) === null) {
          throw new Finding(`the server got a 'hello' of versions ${JSON.stringify(versions)}`);
        }
        if (awaits !== null) tell(from, awaits);
        const isNew = !lastHeard.has(from);
        lastHeard.set(from, clock.now);
        if (isNew) await handle({ kind: 'joined', client: indexOf.get(from)! });
        await happened({ kind: 'joined', client: from });
      } else if (isMessage(message, 'update')) {
        const words = wordsOf(message.body!);
        const refusal = words === null ? { code: 'bad-body', reason: 'its mark is missing' } : null;
        const digest = Buffer.from(message.body!).toString('hex');
        await happened(
          { kind: 'report', client: from, address: addressOf(message.control), digest, refusal },
          words,
        );
      } else if (isMessage(message, 'failed')) {
        const { code, reason } = message.control;
        const address = addressOf(message.control);
        await happened({ kind: 'lost', client: from, address, status: 'dropped', code, reason });
      } else throw new Finding(`the server got '${message.type}'`);
    },
    kill() {
      isAlive = false;
    },
  };
}

function addressOf({ run, round, attempt, phase, broadcast }: Control<'update'>): PhaseAddress {
  return { run, round, attempt, phase, base: broadcast };
}

/** The seed of the run that is simulated: any will do. */
export const RUN_SEED: Seed = seedFrom(1);
