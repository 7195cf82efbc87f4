// The tour: first a question to sensors over real sockets, each mote a process of its own; then federated averaging on
// threads, with a report to look at.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from '@starling/runtime/events';
import { createLogger } from '../output/logger.js';
import { namedNumbers } from '../output/metrics.js';
import { formatDuration, formatNumber } from '../output/numbers.js';
import { printLine } from '../output/print.js';
import { show } from '../output/show.js';
import { formatTable } from '../output/table.js';
import { exitAfter, withInterrupt } from './interrupt.js';
import { withUsageErrors } from './other-run.js';
import { clearRun, reportPath } from './output-folder.js';
import { type RunSettings, runSimulation } from './run-simulation.js';

/** A process a mote as long as a laptop carries it; more clients share these. */
const MAX_SENSOR_PROCESSES = 8;
/** Lines of a long stop where stdout is no terminal. */
const PLAIN_LINES = 10;

export interface TourOptions {
  /** Sensors of the first stop. */
  readonly clients: number;
  readonly seed: number;
  readonly rounds: number;
  readonly out: string;
}

interface Stop
  extends Pick<RunSettings, 'federation' | 'settings' | 'runtime' | 'engine' | 'workers' | 'rounds'> {
  readonly about: string;
  /** Rounds from one plain line to the next. */
  readonly every: number;
  /** What came of it, from its metrics by name. */
  readonly result: (metrics: ReadonlyMap<string, number>) => string;
}

export async function tour({ clients, seed, rounds, out }: TourOptions): Promise<void> {
  const stops = stopsOf(clients, rounds);
  const done: { readonly stop: Stop; readonly summary: RunSummary; readonly report: string }[] = [];
  await withInterrupt(async (signal) => {
    for (const stop of stops) {
      if (signal.aborted) return;
      const folder = join(out, stop.federation);
      await withUsageErrors(() => clearRun(folder));
      const kept = { directory: folder, resume: false, force: false, faults: null };
      const settings = {
        ...stop,
        ...kept,
        seed,
        maxAttempts: null,
        initial: null,
        require: [],
        backOffMs: null,
        logger: createLogger(),
      };
      printLine(stop.about);
      const summary = await show(stop.federation, (observer) => runSimulation(settings, observer, signal), {
        every: stop.every,
      });
      printLine('');
      done.push({ stop, summary, report: reportPath(folder) });
    }
  });
  printLine(`${formatTable([HEADER, ...done.map(row)])}\n`);
  for (const { summary, report } of done) printLine(`${summary.start.federation} report: ${report}`);
  exitAfter(...done.map(({ summary }) => summary));
}

function stopsOf(clients: number, rounds: number): readonly Stop[] {
  return [
    {
      federation: 'temperature',
      settings: { clients: String(clients), question: 'readings' },
      runtime: 'websocket',
      engine: 'onnx',
      workers: Math.min(clients, MAX_SENSOR_PROCESSES),
      rounds: null,
      about: `How many readings of ${clients} real sensors are above 30 °C? Each sensor keeps its readings and joins over a WebSocket.`,
      every: 1,
      result: (metrics) => `${percent(metrics.get('value'))} of readings`,
    },
    {
      federation: 'mnist',
      settings: { partition: 'shards' },
      runtime: 'threads',
      engine: 'onnx',
      workers: availableParallelism(),
      rounds,
      about:
        'Federated averaging on MNIST: 100 clients, two digits each, ten of them a round, one engine a core.',
      every: Math.ceil(rounds / PLAIN_LINES),
      result: (metrics) => `${percent(metrics.get('evaluation.accuracy'))} test accuracy`,
    },
  ];
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

const HEADER = ['federation', 'runtime', 'clients', 'rounds', 'result', 'time', 'state'];
const STATE_DIGITS = 12;

function row({ stop, summary }: { readonly stop: Stop; readonly summary: RunSummary }): readonly string[] {
  const { start, rounds, metrics, wallMs, stateHash } = summary;
  return [
    start.federation,
    start.runtime,
    formatNumber(start.population),
    formatNumber(rounds),
    stop.result(new Map(namedNumbers(metrics))),
    formatDuration(wallMs),
    stateHash.slice(0, STATE_DIGITS),
  ];
}
