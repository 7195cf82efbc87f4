// `npm run bench -- --sockets`: how long clients of the product take to join and to run a round, and what memory their
// coordinator takes, beside a bare `ws` server that sends and gets the same bytes in the same run, with the masks that
// `ws` puts on what clients send, and without.
import { median } from '../median.js';
import { table } from '../table.js';
import { checkWork, type LoadUse, runLoad, SIDES, type Side } from './run-load.js';
import type { SocketLoad } from './socket-work.js';

const KIB = 1024;
/** How many times longer a round may take than that of the bare server. */
const MAX_RATIO = 2;
/** The first round of a process is that of a cold machine. */
const WARM_UP = 1;

interface Bounds {
  readonly load: SocketLoad;
  readonly joinMs: number;
  /** Of the 95th percentile of rounds. */
  readonly roundMs: number;
  readonly peakMiB: number;
}

const MIB_OF_MB = 1e6 / KIB ** 2;
const measured: readonly Bounds[] = [
  {
    load: { clients: 1000, modelBytes: 256 * KIB, rounds: 20 },
    joinMs: 15_000,
    roundMs: 5000,
    peakMiB: 400 * MIB_OF_MB,
  },
  {
    load: { clients: 10_000, modelBytes: 16 * KIB, rounds: 10 },
    joinMs: 15_000,
    roundMs: 10_000,
    peakMiB: 500 * MIB_OF_MB,
  },
];

export interface SocketsOptions {
  readonly turns: number;
  readonly rounds?: number | undefined;
}

/** Measures both loads, all sides in turns, and prints rows for each; the exit code is 1 if a bound is not kept. */
export async function runSockets({ turns, rounds }: SocketsOptions): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const { load: usual, ...bounds } of measured) {
    const load = { ...usual, rounds: WARM_UP + (rounds ?? usual.rounds) };
    const uses: Record<Side, LoadUse[]> = { product: [], bare: [], unmasked: [] };
    for (let turn = 0; turn < turns; turn++) {
      for (const side of SIDES) {
        const use = await runLoad(side, load);
        process.stdout.write(`${JSON.stringify({ side, turn, ...load, ...use })}\n`);
        uses[side].push(use);
      }
    }
    for (const use of uses.product) checkWork(load, use);
    const [product, bare, unmasked] = SIDES.map((side) => summary(uses[side]));
    const ratio = product!.median / bare!.median;
    const name = `${load.clients} × ${load.modelBytes / KIB} KiB`;
    rows.push([name, 'starling', ...cells(product!), '']);
    rows.push(['', 'bare ws', ...cells(bare!), ratio.toFixed(2)]);
    rows.push(['', 'unmasked', ...cells(unmasked!), (product!.median / unmasked!.median).toFixed(2)]);
    const within = [bounds.joinMs, Number.NaN, bounds.roundMs, bounds.peakMiB].map((bound) =>
      bound.toFixed(),
    );
    rows.push(['', 'bound', within[0]!, '', within[2]!, within[3]!, String(MAX_RATIO)]);
    const isWithin =
      product!.joinMs <= bounds.joinMs &&
      product!.late <= bounds.roundMs &&
      product!.peakMiB <= bounds.peakMiB &&
      ratio <= MAX_RATIO;
    if (!isWithin) process.exitCode = 1;
  }
  const head = ['load', 'server', 'all joined ms', 'round ms', '95 %', 'peak MiB', 'starling ÷ it'];
  process.stderr.write(`\n${table(head, rows)}\n`);
}

function summary(uses: readonly LoadUse[]) {
  const times = uses.flatMap(({ roundsMs }) => roundsMs.slice(WARM_UP)).sort((one, other) => one - other);
  return {
    joinMs: Math.max(...uses.map((use) => use.joinMs)),
    median: median(times),
    late: times[Math.min(times.length - 1, Math.floor(0.95 * times.length))]!,
    peakMiB: Math.max(...uses.map((use) => use.peakMiB)),
  };
}

function cells({ joinMs, median, late, peakMiB }: ReturnType<typeof summary>): readonly string[] {
  return [joinMs, median, late, peakMiB].map((each) => each.toFixed());
}
