// `npm run bench -- --soak`: 1,000 clients and 2,000 rounds on one coordinator. What it holds must not grow: its memory
// after full collections, by a line through the samples after a warm-up, and its descriptors and timers once the
// clients have gone.

import { checkWork, runLoad } from '../sockets/run-load.js';
import { table } from '../table.js';

/** Of memory that is in use, per hour, by the line. */
const MAX_BYTES_PER_HOUR = 1e6;
const HOUR_MS = 3_600_000;
const MIB = 1024 ** 2;
/** Part of the rounds that are a warm-up: code is compiled, and pools fill. */
const WARM_UP = 0.25;

interface Held {
  readonly descriptors: number;
  readonly timers: number;
}

interface Sample extends Held {
  readonly round: number;
  readonly atMs: number;
  readonly liveBytes: number;
  readonly rss: number;
}

interface SoakLine {
  readonly sample?: Sample;
}

export async function runSoak(rounds: number): Promise<void> {
  const load = { clients: 1000, modelBytes: 4096, rounds };
  const samples: Sample[] = [];
  const use = await runLoad('soak', load, (line) => {
    const { sample } = line as SoakLine;
    if (sample === undefined) return;
    samples.push(sample);
    process.stdout.write(`${JSON.stringify(sample)}\n`);
  });
  checkWork(load, use);
  const { before, after } = use as unknown as { readonly before: Held; readonly after: Held };
  const warm = samples.filter(({ round }) => round > WARM_UP * rounds);
  const perHour = slope(warm.map(({ atMs, liveBytes }) => [atMs, liveBytes])) * HOUR_MS;
  const minutes = (warm.at(-1)!.atMs - warm[0]!.atMs) / 60_000;
  const isSame = after.descriptors <= before.descriptors && after.timers <= before.timers;
  if (perHour >= MAX_BYTES_PER_HOUR || !isSame) process.exitCode = 1;
  const rows = [
    ['memory in use, MB more an hour', (perHour / 1e6).toFixed(2), `< ${MAX_BYTES_PER_HOUR / 1e6}`],
    ['  first and last sample, MiB', mib(warm[0]!.liveBytes, warm.at(-1)!.liveBytes), ''],
    ['  resident, first and last, MiB', mib(warm[0]!.rss, warm.at(-1)!.rss), ''],
    ['  minutes between them', minutes.toFixed(1), ''],
    ['descriptors before → after', `${before.descriptors} → ${after.descriptors}`, 'the same'],
    ['timers before → after', `${before.timers} → ${after.timers}`, 'the same'],
  ];
  process.stderr.write(
    `\n${table([`${load.clients} clients, ${rounds} rounds`, 'measured', 'bound'], rows)}\n`,
  );
}

/** Of the straight line that is nearest to the points, by squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const [up, across] = points.reduce(
    ([up, across], point) => [up + (point[0] - x) * (point[1] - y), across + (point[0] - x) ** 2],
    [0, 0],
  );
  return up / across;
}

function mib(first: number, last: number): string {
  return `${(first / MIB).toFixed(1)} → ${(last / MIB).toFixed(1)}`;
}
