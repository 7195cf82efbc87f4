// A client of a server of many runs: it takes part in several at once, each by a socket of its own, and stays for those
// that come. One of its sockets looks for a run that it is not in yet; once it has a place, the next one looks.
import type { Value } from '@starling/federated-core';
import { checkOptions, count, kinds } from '@starling/federated-core/plan';
import { memoryClientStates } from '@starling/store';
import { CLIENT_OPTIONS } from './check-client.js';
import { type Client, type ClientSummary, startClient } from './client.js';
import type { ClientOptions } from './client-options.js';
import { type ClientCounts, newCounts } from './memory.js';
import { createPlanCache } from './plan-cache.js';
import { randomText } from './random-text.js';

/** What has become of a client's part in a run. `refused`: it cannot, or will not, take part. */
export type RunChange = 'joined' | 'over' | 'refused';

export interface RunsClientOptions extends Omit<ClientOptions, 'run'> {
  /** Runs that it takes part in at once, from 1 to 64. Default 8. */
  readonly runs?: number;
  /**
   * Pieces of work that it is asked for at once, by all its runs together, from 1. With 1 a run waits while another one
   * has the client work; a client that is in runs of very different lengths takes more. Default 1.
   */
  readonly tasks?: number;
  /** Called with each run that it joins, and that it is in no longer. */
  readonly onRun?: (run: string, change: RunChange) => void;
}

export interface RunsClient extends Client {
  /** Names of those that it takes part in. */
  readonly runs: readonly string[];
  /** Leaves one run, for good, and stays in the others. */
  leave(run: string): Promise<void>;
}

const MAX_RUNS = 64;

/**
 * Starts a client of many runs. It ends when it is closed, when a coordinator of one run says that this is over, and
 * with a `ClientRefusedError` when it is turned away before it has a place. Throws a `RangeError` for an option of
 * another kind.
 */
export function createRunsClientOn(options: RunsClientOptions): RunsClient {
  const { run: _, ...of } = CLIENT_OPTIONS;
  checkOptions('Cannot start a client', options, { ...of, runs: count, tasks: count, onRun: kinds.callable });
  const { runs: atOnce = 8, tasks = 1, onRun, ...each } = options;
  const plans = options.plans ?? createPlanCache(options.engine);
  const keep = options.keep ?? memoryClientStates();
  const device = randomText();
  /** By client: the run that it has a place in, `null` for the one that looks for one. */
  const members = new Map<Client, string | null>();
  /** The latest of each run: it knows what it keeps of it. */
  const byRun = new Map<string, Client>();
  /** Those that it has left, or cannot take part in. */
  const apart = new Set<string>();
  const past = newCounts();
  let name: string | null = options.clientId;
  let isClosing = false;
  let settle!: { resolve(summary: ClientSummary): void; reject(error: unknown): void };
  const finished = new Promise<ClientSummary>((resolve, reject) => {
    settle = { resolve, reject };
  });
  finished.catch(() => {}); // a caller that reads `finished` gets the error; none has to

  const runsNow = (): readonly string[] => [...members.values()].filter((run) => run !== null);

  function look(): void {
    const isLooking = [...members.values()].includes(null);
    if (isClosing || isLooking || members.size >= Math.min(atOnce, MAX_RUNS)) return;
    const member = startClient(
      { ...each, plans, keep },
      {
        device,
        tasks,
        apart: () => [...apart, ...runsNow()],
        joined: (run) => joined(member, run),
      },
    );
    members.set(member, null);
    void member.finished.then(
      () => ended(member, null),
      (error: unknown) => ended(member, { error }),
    );
  }
  function joined(member: Client, run: string | null): void {
    name ??= member.name;
    const known = run ?? '';
    if (members.get(member) === known) return; // back after a cut
    members.set(member, known);
    byRun.set(known, member);
    onRun?.(known, 'joined');
    look();
  }
  function ended(member: Client, failure: { readonly error: unknown } | null): void {
    const run = members.get(member) ?? null;
    members.delete(member);
    for (const [what, number] of Object.entries(member.counts)) past[what as keyof ClientCounts] += number;
    if (isClosing) return;
    if (run === null) {
      void end(() => (failure === null ? settle.resolve(summary('finished')) : settle.reject(failure.error)));
      return;
    }
    if (failure !== null) apart.add(run);
    onRun?.(run, failure === null ? 'over' : 'refused');
    look();
  }
  function counts(): ClientCounts {
    const sum = { ...past };
    for (const member of members.keys()) {
      for (const [what, number] of Object.entries(member.counts)) sum[what as keyof ClientCounts] += number;
    }
    return sum;
  }
  function summary(end: ClientSummary['end']): ClientSummary {
    return { client: name, end, ...counts() };
  }
  async function end(tell: () => void): Promise<void> {
    isClosing = true;
    await Promise.all([...members.keys()].map((member) => member.close()));
    if (options.plans === undefined) await plans.dispose();
    tell();
  }

  look();
  return {
    get name() {
      return name;
    },
    get state() {
      const states = [...members.keys()].map(({ state }) => state);
      return states.find((state) => state === 'ready') ?? states.at(-1) ?? 'waiting';
    },
    get counts() {
      return counts();
    },
    get runs() {
      return runsNow();
    },
    finished,
    keptValue: async (run): Promise<Value | null> => byRun.get(run)?.keptValue(run) ?? null,
    async leave(run) {
      apart.add(run);
      const of = [...members].find(([, each]) => each === run);
      await of?.[0].close();
    },
    async close() {
      if (!isClosing) await end(() => settle.resolve(summary('closed')));
      await finished.catch(() => {});
    },
  };
}
