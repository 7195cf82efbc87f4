// The part of a report on groups of examples: their rates in the last evaluation, with the intervals in which they lie,
// and over the rounds against the limits of constraints.
import {
  type GroupFigures,
  type GroupingFigures,
  RATE_NAMES,
  type RateName,
  rate,
  type ThresholdFigures,
} from '@starling/learning/constraints';
import { formatNumber } from '../output/numbers.js';
import { renderChart } from './chart.js';
import { escapeHtml } from './html.js';
import type { ReportedRound, ReportedRun } from './reported-run.js';
import type { ChartData, Series } from './series.js';

const CONFIDENCE = 0.95;
/** Those of which there are curves: the others are one less a rate that is drawn, or seldom looked at. */
const DRAWN: readonly RateName[] = [
  'selectionRate',
  'truePositiveRate',
  'falsePositiveRate',
  'precision',
  'accuracy',
];

/** What an evaluation found of one model. */
interface Found {
  readonly round: number;
  readonly groups: GroupFigures;
}

/** As HTML; empty for a run that does not evaluate by groups. */
export function renderGroups({ rounds, run }: ReportedRun): string {
  const limits = (run.constraints?.require ?? []).flatMap(limitIn);
  return modelsIn(rounds)
    .flatMap((model) => {
      const found = rounds.flatMap((line) => foundIn(line, model));
      const last = found.at(-1) as Found;
      return Object.entries(last.groups.by).flatMap(([grouping, figures]) =>
        figures.thresholds.map((threshold) => {
          const of = model === null ? '' : ` of ${model}`;
          const title = `Rates${of} by ${grouping} at ${threshold.at}, after round ${last.round}`;
          const charts = DRAWN.map((name) => chartOf(found, { grouping, at: threshold.at, name, limits }));
          const curves = charts.filter(({ series }) => series.some(({ points }) => points.length > 1));
          const drawn =
            curves.length === 0
              ? ''
              : `<div class="charts">\n${curves.map(renderChart).join('\n')}\n</div>\n`;
          return `<h2>${escapeHtml(title)}</h2>\n${tableOf(last, grouping, figures, threshold)}${drawn}`;
        }),
      );
    })
    .join('\n');
}

/** `null` stands for a lone model; others have names. */
function modelsIn(rounds: readonly ReportedRound[]): readonly (string | null)[] {
  const evaluations = rounds.flatMap(({ evaluation }) => (evaluation === undefined ? [] : [evaluation]));
  if (evaluations.some((evaluation) => groupsIn(evaluation) !== null)) return [null];
  const names = evaluations.flatMap((evaluation) =>
    typeof evaluation === 'object' && evaluation !== null && !Array.isArray(evaluation)
      ? Object.entries(evaluation).flatMap(([name, value]) => (groupsIn(value) === null ? [] : [name]))
      : [],
  );
  return [...new Set(names)];
}

function foundIn({ round, evaluation }: ReportedRound, model: string | null): readonly Found[] {
  const own =
    model === null ? evaluation : (evaluation as Readonly<Record<string, unknown>> | undefined)?.[model];
  const groups = groupsIn(own);
  return groups === null ? [] : [{ round, groups }];
}

/** A record is checked by its schema, which knows nothing of evaluations: so does this as far as it reads. */
function groupsIn(evaluation: unknown): GroupFigures | null {
  const groups = (evaluation as { readonly groups?: Partial<GroupFigures> } | null | undefined)?.groups;
  return typeof groups?.by === 'object' && groups.by !== null ? (groups as GroupFigures) : null;
}

function tableOf(
  { groups }: Found,
  grouping: string,
  figures: GroupingFigures,
  { at, overall }: ThresholdFigures,
): string {
  const header = ['group', 'clients', 'examples', ...RATE_NAMES.map(wordsOf)];
  const cell = (name: RateName, group: string | null): string =>
    `<td>${rateText(groups, { grouping, group, at, name })}</td>`;
  const examples =
    overall.truePositives + overall.falsePositives + overall.trueNegatives + overall.falseNegatives;
  const line = (name: string, clients: number, count: number, group: string | null): string =>
    `<tr><td>${escapeHtml(name)}</td><td>${formatNumber(clients)}</td><td>${formatNumber(count)}</td>${RATE_NAMES.map((each) => cell(each, group)).join('')}</tr>`;
  const rows = figures.groups.map((each) =>
    'withheld' in each
      ? `<tr class="withheld"><td>${escapeHtml(each.group)}</td><td colspan="${header.length - 1}">withheld: ${escapeHtml(each.withheld)}</td></tr>`
      : line(each.group, each.clients, each.examples, each.group),
  );
  const head = header.map((name) => `<th>${escapeHtml(name)}</th>`).join('');
  return `<div class="table groups"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}${line('all', groups.clients, examples, null)}</tbody></table></div>
<p class="note">Below each rate the interval in which it lies with a confidence of ${CONFIDENCE}, by the jackknife over clients.</p>
`;
}

interface Wanted {
  readonly grouping: string;
  /** `null` for all examples. */
  readonly group: string | null;
  readonly at: number;
  readonly name: RateName;
}

function measured(groups: GroupFigures, { grouping, group, at, name }: Wanted) {
  return rate(name, { at, ...(group === null ? {} : { by: grouping, group }) }).measure(
    { groups },
    'atLeast',
  );
}

function rateText(groups: GroupFigures, wanted: Wanted): string {
  const found = measured(groups, wanted);
  if (found.value === null) return '–';
  const interval = found.interval(CONFIDENCE);
  const range =
    interval === null ? '' : `<small>${formatNumber(interval.low)} to ${formatNumber(interval.high)}</small>`;
  return `${formatNumber(found.value)}${range}`;
}

/** One rate of all groups that are shown, over the rounds. */
function chartOf(
  found: readonly Found[],
  {
    grouping,
    at,
    name,
    limits,
  }: Pick<Wanted, 'grouping' | 'at' | 'name'> & { readonly limits: readonly Limit[] },
): ChartData {
  const names = new Set(
    found.flatMap(({ groups }) =>
      (groups.by[grouping]?.groups ?? []).flatMap((each) => ('withheld' in each ? [] : [each.group])),
    ),
  );
  const series = [...names].map((group): Series => {
    const each = found.flatMap(({ round, groups }) => {
      const { value, interval } = measured(groups, { grouping, group, at, name });
      return value === null ? [] : [{ round, value, interval: interval(CONFIDENCE) }];
    });
    const band = each.flatMap(({ round, interval }) =>
      interval === null ? [] : [[round, interval.low, interval.high] as const],
    );
    const points = each.map(({ round, value }) => [round, value] as const);
    return { name: group, points, ...(band.length === points.length && { band }) };
  });
  const own = limits.filter(
    (limit) => limit.name === name && limit.grouping === grouping && (limit.at ?? at) === at,
  );
  return { title: wordsOf(name), series: series.filter(({ points }) => points.length > 0), limits: own };
}

interface Limit {
  readonly name: RateName;
  readonly grouping: string;
  /** `null` where the evaluation has one threshold alone. */
  readonly at: number | null;
  readonly value: number;
  readonly text: string;
}

const WORST = /^worst\((\w+) by (\S+?)(?: at (\S+))?\) (>=|<=) (\S+)/;

/** The limit of a worst group is one of each group. */
function limitIn(text: string): readonly Limit[] {
  const [, given, grouping, at, sign, value] = WORST.exec(text) ?? [];
  if (given === undefined) return [];
  const name = (given === 'recall' ? 'truePositiveRate' : given) as RateName;
  return [
    {
      name,
      grouping: grouping as string,
      at: at === undefined ? null : Number(at),
      value: Number(value),
      text: `worst group ${sign === '>=' ? '≥' : '≤'} ${value}`,
    },
  ];
}

/** `truePositiveRate` → true positive rate. */
function wordsOf(name: RateName): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
