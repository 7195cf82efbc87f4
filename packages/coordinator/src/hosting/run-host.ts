// All runs of a server, kept in a directory of their own each: submitted, found again after a restart, and ended with
// the server.
import { createHash } from 'node:crypto';
import { StarlingError } from '@starling/federated-core';
import { readSubmission, type Submission } from '@starling/runtime/submission';
import type { Logger } from 'pino';
import type { CoordinatorServer } from '../server/coordinator-server.js';
import { type HostedRun, openHostedRun } from './hosted-run.js';
import { type Hosting, hostingSchema } from './hosting-options.js';
import { createRunFolder, type RunFolder, runFolder, runsIn } from './run-folder.js';

export interface RunHost {
  /** All of them, ended ones included, the latest first. */
  readonly runs: readonly HostedRun[];
  /** Whether there is a run of that name, and it is not over. */
  isOpen(name: string): boolean;
  /** Throws a `StarlingError` with code `unknown-run`. */
  run(name: string): HostedRun;
  /**
   * Takes a run and begins it. The same bytes under the same name are the same run, so that a submission whose answer
   * was lost can be sent again. `name`: by default made of the bytes. Throws a `StarlingError` with code
   * `bad-submission`, `run-exists` for other bytes under a name that is taken, or `too-many-runs`.
   */
  submit(
    bytes: Uint8Array,
    how?: { readonly name?: string; readonly paused?: boolean },
  ): Promise<{ readonly run: HostedRun; readonly isNew: boolean }>;
  close(): Promise<void>;
}

export interface RunHostOptions {
  readonly server: CoordinatorServer;
  /** Of all its runs: a folder each. */
  readonly directory: string;
  /** Runs that may be open at once. */
  readonly maxRuns: number;
  readonly logger: Logger;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Of a submission's SHA-256, in the name of a run that is given none. */
const NAME_DIGITS = 16;

/** Finds the runs of the directory, and takes up those that have not ended. */
export async function createRunHost(options: RunHostOptions): Promise<RunHost> {
  const { server, directory, maxRuns, logger } = options;
  const runs = new Map<string, HostedRun>();
  /** SHA-256 of the submission of each. */
  const hashes = new Map<string, string>();
  let isClosed = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function open(folder: RunFolder, submission: Submission, hash: string): Promise<HostedRun> {
    const hosting = hostingOf(submission);
    const run = await openHostedRun({
      ...{ folder, submission, hosting, server, logger },
      control: await folder.control(),
    });
    runs.set(folder.name, run);
    hashes.set(folder.name, hash);
    if (run.isOver) server.finished(folder.name);
    return run;
  }
  for (const name of await runsIn(directory)) {
    const folder = runFolder(directory, name);
    try {
      const bytes = await folder.submission();
      const run = await open(folder, readSubmission(bytes), sha256(bytes));
      const { status, round, rounds } = run.summary();
      logger.info({ run: name, status, round, rounds }, 'found a run');
    } catch (error) {
      logger.error({ err: error, run: name }, 'a run cannot be taken up, and is left as it is');
    }
  }

  await Promise.all([...runs.values()].map(({ opened }) => opened));

  async function submit(
    bytes: Uint8Array,
    { name: wanted, paused = false }: { readonly name?: string; readonly paused?: boolean },
  ) {
    if (isClosed) throw new StarlingError('shutting-down', 'Cannot submit a run: the server is going down');
    if (wanted !== undefined && !NAME.test(wanted)) {
      throw new StarlingError(
        'bad-request',
        `Cannot submit a run: its name must be 1 to 64 letters, digits, '-' and '_', got '${wanted.slice(0, 100)}'`,
      );
    }
    const hash = sha256(bytes);
    const name = wanted ?? hash.slice(0, NAME_DIGITS);
    const earlier = runs.get(name);
    if (earlier !== undefined) {
      if (hashes.get(name) === hash) return { run: earlier, isNew: false };
      throw new StarlingError('run-exists', `Cannot submit a run: '${name}' is there, and is another one`);
    }
    if ((await runsIn(directory)).includes(name)) {
      throw new StarlingError(
        'run-exists',
        `Cannot submit a run: '${name}' is there, and cannot be taken up`,
      );
    }
    const openRuns = [...runs.values()].filter(({ isOver }) => !isOver).length;
    if (openRuns >= maxRuns) {
      throw new StarlingError('too-many-runs', `Cannot submit a run: at most ${maxRuns} may be open at once`);
    }
    const submission = readSubmission(bytes);
    hostingOf(submission);
    const control = { wanted: paused ? 'paused' : 'running', submittedAt: new Date().toISOString() } as const;
    const folder = await createRunFolder(directory, name, bytes, control);
    const run = await open(folder, submission, hash);
    await run.opened;
    return { run, isNew: true };
  }

  return {
    get runs() {
      const submitted = (run: HostedRun): string => run.summary().submittedAt;
      return [...runs.values()].sort((one, other) => (submitted(one) < submitted(other) ? 1 : -1));
    },
    isOpen: (name) => runs.get(name)?.isOver === false,
    run(name) {
      const found = runs.get(name);
      if (found !== undefined) return found;
      throw new StarlingError(
        'unknown-run',
        `Cannot find run '${name.slice(0, 100)}': there is none of that name`,
      );
    },
    submit(bytes, how = {}) {
      const next = turn.then(() => submit(bytes, how));
      turn = next.catch(() => {});
      return next;
    },
    async close() {
      isClosed = true;
      await turn;
      await Promise.all([...runs.values()].map((run) => run.close()));
    },
  };
}

function hostingOf({ facts, run }: Submission): Hosting {
  const refuse = (problem: string): never => {
    throw new StarlingError('bad-submission', `Cannot read a submission: hosting: ${problem}`);
  };
  const parsed = hostingSchema.safeParse(facts.hosting);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
  }
  const { minClients = 1 } = parsed.data;
  const { size } = run.population;
  if (minClients > size)
    refuse(`minClients must be at most the ${size} clients of the population, got ${minClients}`);
  return parsed.data;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
