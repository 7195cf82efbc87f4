// One run that a server hosts, from its submission to its end: it runs as `runCoordinator` runs one, and can be paused,
// resumed and stopped meanwhile. What the operator wants is durable before it is done, so that a restart knows it.
import { StarlingError } from '@starling/federated-core';
import { createPauseSwitch } from '@starling/runtime';
import { detailsOf, recordOfRun, recordText } from '@starling/runtime/record';
import type { Submission } from '@starling/runtime/submission';
import type { RunHistory } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import type { Logger } from 'pino';
import type { CoordinatorServer } from '../server/coordinator-server.js';
import { runCoordinator } from '../session/run-coordinator.js';
import type { Hosting } from './hosting-options.js';
import type { RunControl, RunFolder } from './run-folder.js';
import type { RunDetails, RunOverview } from './run-status.js';

export interface HostedRun {
  /** Resolves once clients may join. */
  readonly opened: Promise<void>;
  summary(): RunOverview;
  details(): Promise<RunDetails>;
  /** The state after its last round, as its store has it; `null` before the first. */
  state(): Promise<{ readonly round: number; readonly stateHash: string; readonly bytes: Uint8Array } | null>;
  /** Its record, a JSON object a line. */
  record(): Promise<string>;
  /** Throws a `StarlingError` with code `run-over` once it has ended. */
  pause(): Promise<void>;
  /** Also of one that has failed: its round is tried again. */
  resume(): Promise<void>;
  /** Ends it with its last commit, for good. */
  stop(): Promise<void>;
  /** Whether it has ended, as far as the operator has to do with it. */
  readonly isOver: boolean;
  /** Ends what is running, to be continued by the next start of the server. */
  close(): Promise<void>;
}

export interface HostedRunOptions {
  readonly folder: RunFolder;
  readonly submission: Submission;
  readonly hosting: Hosting;
  readonly control: RunControl;
  readonly server: CoordinatorServer;
  readonly logger: Logger;
}

type Ending = {
  readonly outcome: 'finished' | 'stopped' | 'failed';
  readonly failure: RunDetails['failure'];
};

/** Takes the run up where its store left it, unless it has ended. */
export async function openHostedRun(options: HostedRunOptions): Promise<HostedRun> {
  const { folder, submission, hosting, server } = options;
  const { name } = folder;
  const { facts } = submission;
  const logger = options.logger.child({ run: name });
  const store = directoryStore(folder.path);
  const { minClients = 1 } = hosting;
  let control = options.control;
  const before = await history();
  let round = before?.commits.at(-1)?.round ?? 0;
  let ending: Ending | null = endingOf(before, control);
  const pause = createPauseSwitch(control.wanted === 'paused');
  let controller = new AbortController();
  let running: Promise<void> = Promise.resolve();
  /** Once clients may join, or it has ended without. */
  let opened: Promise<void> = Promise.resolve();
  /** Calls change one thing after another. */
  let turn: Promise<unknown> = Promise.resolve();

  async function history(): Promise<RunHistory | null> {
    return (await store.list()).length === 0 ? null : store.read(name);
  }

  function start(): void {
    ending = null;
    controller = new AbortController();
    const { signal } = controller;
    let tellOpened!: () => void;
    opened = new Promise((resolve) => {
      tellOpened = resolve;
    });
    running = run(signal, tellOpened).then(
      (ended) => {
        ending = ended;
        if (ended !== null && ended.outcome !== 'failed') server.finished(name);
      },
      (error: unknown) => {
        ending =
          signal.aborted && control.wanted === 'stopped'
            ? STOPPED
            : { outcome: 'failed', failure: failureOf(error) };
        logger.error({ err: error }, 'the run has failed');
      },
    );
    void running.then(tellOpened);
  }
  async function run(signal: AbortSignal, onListen: () => void): Promise<Ending | null> {
    const { minReports, ...asked } = submission.options;
    const result = await runCoordinator({
      ...asked,
      ...(minReports !== undefined && minReports > 0 && { minReports }), // without, a deadline without any is extended
      ...hosting,
      run: submission.run,
      runName: name,
      state: folder.path,
      farewellMs: 0, // who comes later hears from the server how it ended
      ...{ server, logger, metrics: server.metrics, pause, signal, onListen },
      onRound(record) {
        round = record.round;
      },
    });
    if (result.interrupted) return control.wanted === 'stopped' ? STOPPED : null;
    if (result.failure === null) return { outcome: 'finished', failure: null };
    return { outcome: 'finished', failure: failureOf(result.failure) };
  }
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const next = turn.then(task);
    turn = next.catch(() => {});
    return next;
  }
  async function want(wanted: RunControl['wanted']): Promise<void> {
    const next = { ...control, wanted };
    await folder.setControl(next);
    control = next;
  }
  function status(): RunOverview['status'] {
    if (ending !== null) return ending.outcome;
    if (pause.isPaused) return 'paused';
    return round === 0 && ready() < minClients ? 'waiting' : 'running';
  }
  const ready = (): number => server.clients(name).length;
  function checkOpen(action: string): void {
    if (ending === null) return;
    throw new StarlingError(
      'run-over',
      `Cannot ${action} run '${name}': need one that is open, got one that has ${ending.outcome === 'stopped' ? 'been stopped' : ending.outcome}`,
    );
  }
  function summary(): RunOverview {
    const { federation, description, rounds } = facts;
    const { submittedAt } = control;
    return {
      run: name,
      federation,
      description,
      status: status(),
      round,
      rounds,
      clients: ready(),
      submittedAt,
    };
  }

  if (ending === null) start();
  return {
    get opened() {
      return opened;
    },
    summary,
    async details() {
      const kept = await history();
      const last = detailsOf(kept?.commits.at(-1)?.metrics ?? null);
      return {
        ...summary(),
        plan: facts.plan,
        seed: facts.seed,
        settings: { ...facts.settings },
        population: submission.run.population.size,
        minClients,
        stateHash: last?.stateHash ?? null,
        metrics: last?.line.metrics ?? null,
        failedAttempts: kept?.attempts.filter(({ outcome }) => outcome === 'failed').length ?? 0,
        failure: ending?.failure ?? null,
      };
    },
    async state() {
      const last = (await history())?.commits.at(-1);
      if (last === undefined) return null;
      const bytes = await store.state(name, last.round);
      const stateHash = detailsOf(last.metrics)?.stateHash;
      return bytes === null || stateHash === undefined ? null : { round: last.round, stateHash, bytes };
    },
    async record() {
      return (await history()) === null ? '' : recordText(recordOfRun(await store.journal(name)));
    },
    pause: () =>
      inTurn(async () => {
        checkOpen('pause');
        await want('paused');
        pause.pause();
        logger.info('paused');
      }),
    resume: () =>
      inTurn(async () => {
        if (ending?.outcome !== 'failed') checkOpen('resume');
        await want('running');
        pause.resume();
        if (ending !== null) start();
        await opened;
        logger.info('resumed');
      }),
    stop: () =>
      inTurn(async () => {
        if (ending?.outcome === 'stopped') return;
        if (ending?.outcome !== 'failed') checkOpen('stop');
        await want('stopped');
        controller.abort();
        await running;
        if (ending === null || ending.outcome === 'failed') ending = STOPPED;
        server.finished(name);
        logger.info({ round }, 'stopped');
      }),
    get isOver() {
      return ending !== null && ending.outcome !== 'failed';
    },
    async close() {
      controller.abort();
      await running;
    },
  };
}

const STOPPED: Ending = { outcome: 'stopped', failure: null };

/** How the run had ended when the server was started; `null` if it is to continue. */
function endingOf(before: RunHistory | null, { wanted }: RunControl): Ending | null {
  if (before?.end?.outcome === 'finished') return { outcome: 'finished', failure: null };
  if (wanted === 'stopped') return STOPPED;
  if (before?.end?.outcome !== 'failed') return null;
  const { code, reason } = before.end;
  return { outcome: 'failed', failure: { code, message: reason } };
}

function failureOf(error: unknown): NonNullable<RunDetails['failure']> {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof StarlingError ? error.code : 'internal', message: message.split('\n')[0]! };
}
