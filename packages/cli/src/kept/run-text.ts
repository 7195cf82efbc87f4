// A run that was kept, as text of 80 columns.
import { namedNumbers } from '../output/metrics.js';
import { countOf, formatNumber } from '../output/numbers.js';
import { stepLines } from '../output/step-lines.js';
import { formatTable } from '../output/table.js';
import type { RoundPicture, RunPicture } from './run-picture.js';

const COLUMNS = 80;
const LABEL = 12;
/** Rounds that are shown one by one: the last of them. */
const ROUNDS_SHOWN = 20;
const HASH_DIGITS = 12;

/** One line a run: what it is, how far it has come, where it lies. */
export function formatRuns(
  runs: readonly (Pick<RunPicture, 'run' | 'federation' | 'rounds' | 'asked' | 'end'> & {
    readonly directory: string;
  })[],
): string {
  if (runs.length === 0) return 'no runs';
  const rows = runs.map(({ run, federation, rounds, asked, end, directory }) => [
    run,
    federation,
    asked === null ? formatNumber(rounds) : `${formatNumber(rounds)}/${formatNumber(asked)}`,
    end?.outcome ?? 'not ended',
    directory,
  ]);
  return formatTable([['run', 'federation', 'rounds', 'end', 'directory'], ...rows]);
}

export function formatRun(run: RunPicture): string {
  const { federation, description, population, engine, versions, end } = run;
  const settings = Object.entries(run.settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const facts: readonly (readonly [string, string])[] = [
    ['run', run.run],
    ['federation', description === '' ? federation : `${federation}: ${description}`],
    ['seed', String(run.seed)],
    ['settings', settings.join(' ') || 'none'],
    ['reports', asynchronousText(run)],
    ['plan', run.plan],
    ['population', population === null ? '' : `${population.name}, ${countOf(population.size, 'client')}`],
    [
      'runtime',
      engine === null ? run.runtime : `${run.runtime}, engines ${engine.server} and ${engine.clients}`,
    ],
    [
      'versions',
      Object.entries(versions)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ],
    ['starts', formatNumber(run.starts)],
    [
      'rounds',
      run.asked === null
        ? formatNumber(run.rounds)
        : `${formatNumber(run.rounds)} of ${formatNumber(run.asked)}`,
    ],
    [
      'end',
      end === null ? 'none: it continues, or was killed' : `${end.outcome}: ${end.reason.split('\n')[0]}`,
    ],
  ];
  return [
    ...facts.filter(([, text]) => text !== '').map(([label, text]) => wrapped(label, text)),
    ...section('rounds that count', rounds(run.committed)),
    ...section(
      'attempts that failed',
      run.failures.map(({ round, attempt, code, reason }) =>
        wrapped(`  ${round}.${attempt}`, `${code}: ${reason.split('\n')[0]}`),
      ),
    ),
    ...section(
      'clients that did not count',
      run.lost.map(({ status, code, count }) => `  ${formatNumber(count)} ${status}, ${code}`),
    ),
  ].join('\n');
}

/** `10 reports a round, 100 clients at work; staleness of …`; empty of a run whose rounds wait. */
function asynchronousText({ asynchronous }: RunPicture): string {
  if (asynchronous === undefined) return '';
  const { buffer, concurrency, maxStaleness } = asynchronous;
  const how = `${countOf(buffer, 'report')} a round, ${countOf(concurrency, 'client')} at work, at most ${countOf(maxStaleness, 'round')} old`;
  return [how, ...stepLines(asynchronous)].join('; ');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function rounds(all: readonly RoundPicture[]): readonly string[] {
  const shown = all.slice(-ROUNDS_SHOWN);
  if (shown.length === 0) return [];
  const [first] = namedNumbers(shown.at(-1)!.metrics);
  const name = first?.[0] ?? '';
  const rows = shown.map(({ round, attempt, cohort, counted, lost, stateHash, metrics }) => {
    const value = namedNumbers(metrics).find(([each]) => each === name)?.[1];
    const ends = [value === undefined ? '' : formatNumber(value), stateHash?.slice(0, HASH_DIGITS) ?? ''];
    return [round, attempt, cohort ?? '', counted, lost].map(String).concat(ends);
  });
  const header = ['round', 'attempt', 'asked', 'counted', 'lost', name.slice(0, 20), 'state'];
  const left = all.length - shown.length;
  const earlier = left === 0 ? [] : [`  (${countOf(left, 'round')} before; all of them with --json)`];
  return [
    ...earlier,
    ...formatTable([header, ...rows])
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

/** A label, and text beside it that is wrapped. */
function wrapped(label: string, text: string): string {
  const width = COLUMNS - LABEL;
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    for (let rest = word; rest !== ''; rest = rest.slice(width)) {
      const part = rest.slice(0, width);
      const line = lines.at(-1)!;
      if (line === '') lines[lines.length - 1] = part;
      else if (line.length + 1 + part.length <= width) lines[lines.length - 1] = `${line} ${part}`;
      else lines.push(part);
    }
  }
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`).join('\n');
}
