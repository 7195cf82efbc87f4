// The report of a run: one self-contained HTML page with the facts, a curve for each kind of metric, who was missing,
// and a table. It is made from the run's record and loads nothing, so it can be kept, mailed and opened anywhere.
import { adviceOn, lostNames, type RecordLine, shownFields } from '@starling/runtime/events';
import { faultKinds, faultNouns, faultsOfFailed, totalFaults } from '../output/fault-lines.js';
import { namedNumbers, shownMetrics } from '../output/metrics.js';
import { formatDuration, formatNumber } from '../output/numbers.js';
import { renderChart } from './chart.js';
import { renderConstraints } from './constraints-section.js';
import { renderGroups } from './groups-section.js';
import { escapeHtml } from './html.js';
import { renderFactList, renderPage, renderTable } from './page.js';
import { type ReportedRound, type ReportedRun, reportedRun } from './reported-run.js';
import { chartsOf } from './series.js';

/** Metrics among the facts at the top; all are in the curves and the table. */
const FACTS_SHOWN = 4;
/** Rows of the table; longer runs show evenly spaced rounds, the last, and some that failed. */
const TABLE_ROWS = 20;

/**
 * The page as text; the record has at least a `run` line. `clients` is the text of `describePopulation`, where the data
 * is at hand.
 */
export function renderReport(lines: readonly RecordLine[], clients: string | null = null): string {
  const reported = reportedRun(lines);
  const { run, rounds } = reported;
  const charts = chartsOf(rounds);
  const curves = `<h2>Curves</h2>\n<div class="charts">\n${charts.map(renderChart).join('\n')}\n</div>`;
  return renderPage(
    run.federation,
    `<h1>${escapeHtml(run.federation)}</h1>
<p>${escapeHtml(run.description)}</p>
${renderFailure(reported)}${renderFacts(reported)}
${charts.length > 0 ? curves : ''}
${renderConstraints(reported)}${renderGroups(reported)}${renderLost(reported)}${renderFaults(reported)}<h2>Rounds</h2>
<div class="table">${renderRounds(reported)}</div>${renderClients(clients)}`,
  );
}

function renderClients(text: string | null): string {
  if (text === null) return '';
  return `\n<h2>Clients</h2>\n<div class="table"><pre>${escapeHtml(text)}</pre></div>`;
}

function renderFailure({ end }: ReportedRun): string {
  if (end?.type !== 'failed') return '';
  return `<p class="failure">The run failed: ${escapeHtml(end.message).replaceAll('\n', '<br>')}</p>\n`;
}

function renderFacts({ run, end, rounds, failedRounds }: ReportedRun): string {
  const accepted = rounds.reduce((sum, round) => sum + (round.type === 'round' ? round.accepted : 0), 0);
  const trainingMs = rounds.reduce((sum, { type, wallMs }) => sum + (type === 'round' ? wallMs : 0), 0);
  const done = end?.rounds ?? rounds.at(-1)?.round ?? 0;
  const isWhole = end?.type === 'done' && !end.interrupted && end.stopped === null;
  const state = isWhole ? '' : ` of ${run.rounds}, ${endedBy(end)}`;
  const facts: readonly (readonly [string, string])[] = [
    ...shownMetrics(lastFields(rounds), run.headline, FACTS_SHOWN).map(
      ([name, value]) => [name, formatNumber(value)] as const,
    ),
    ['rounds', `${done}${state}`],
    ...(failedRounds.length > 0 ? [['failed rounds', formatNumber(failedRounds.length)] as const] : []),
    ['clients', formatNumber(run.population.size)],
    ['clients/s', trainingMs > 0 ? formatNumber((accepted * 1000) / trainingMs) : '–'],
    ...(end === null ? [] : [['wall time', formatDuration(end.wallMs)] as const]),
    ...bestFact(run, end),
    ['runtime', run.workers === null ? run.runtime : `${run.runtime} × ${run.workers}`],
    ['seed', String(run.seed)],
  ];
  const settings = Object.entries(run.settings).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const { starling, node, engine } = run.versions;
  const wide: readonly (readonly [string, string])[] = [
    ...(settings.length > 0 ? [['settings', settings.join('  ')] as const] : []),
    ['plan hash (SHA-256)', run.plan],
    ...(end?.type === 'done' ? [['state hash (SHA-256)', end.stateHash] as const] : []),
    ['versions', `starling ${starling}  node ${node}  ${engine}`],
    ...(run.startedAt === null ? [] : [['started', run.startedAt] as const]),
  ];
  return renderFactList(facts, wide);
}

/** The best state, if one was chosen. */
function bestFact(
  { best }: ReportedRun['run'],
  end: ReportedRun['end'],
): readonly (readonly [string, string])[] {
  if (best === null || end?.type !== 'done' || end.best === null) return [];
  return [[`best ${best.metric}`, `${formatNumber(end.best.value)} (round ${formatNumber(end.best.round)})`]];
}

function endedBy(end: ReportedRun['end']): string {
  if (end === null) return 'not ended';
  if (end.type === 'failed') return 'failed';
  return end.stopped === null ? 'stopped' : `ended early (${end.stopped})`;
}

/** Of the last round; an evaluation that it has not, from the last one that has. */
function lastFields(rounds: readonly ReportedRound[]): unknown {
  const evaluation = rounds.findLast((round) => round.evaluation !== undefined)?.evaluation;
  const metrics = rounds.at(-1)?.metrics ?? {};
  return shownFields(evaluation === undefined ? { metrics } : { metrics, evaluation });
}

/** Who was missing in all rounds, a row a reason, and what can be done about it. */
function renderLost({ lost, run }: ReportedRun): string {
  if (lost.length === 0) return '';
  const rows = lost.map((group) => {
    const { status, code, reason, count } = group;
    const what = `${formatNumber(count)} ${status === 'rejected' ? 'refused' : 'dropped'}`;
    const cells = [what, code, reason, lostNames(group)].map((cell) => `<td>${escapeHtml(cell)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const header = ['updates', 'code', 'reason', 'clients'].map((name) => `<th>${name}</th>`).join('');
  // Of faults that are simulated there is nothing to be fixed.
  const advice = (run.faults === undefined ? adviceOn(lost) : []).map((line) => `<p>${escapeHtml(line)}</p>`);
  return `<h2>Missing updates</h2>
<div class="table lost"><table><thead><tr>${header}</tr></thead><tbody>${rows.join('')}</tbody></table></div>
${advice.join('\n')}
`;
}

/** What was simulated to go wrong: by round, and in all. */
function renderFaults({ rounds, failedRounds }: ReportedRun): string {
  const faulty = [...rounds, ...failedRounds]
    .flatMap((line) => ('faults' in line && line.faults !== undefined ? [line] : []))
    .sort((one, other) => one.round - other.round);
  const total = totalFaults(
    faulty.map((line) => (line.type === 'failed-round' ? faultsOfFailed(line) : line)),
  );
  if (total.faults === undefined) return '';
  const kinds = faultKinds.filter((kind) => total.faults![kind] > 0);
  const hasClock = total.virtualMs !== undefined;
  const cellsOf = (name: string, { faults, virtualMs }: typeof total): string => {
    const cells = [
      name,
      ...kinds.map((kind) => formatNumber(faults![kind])),
      ...(hasClock ? [virtualMs === undefined ? '–' : formatDuration(virtualMs)] : []),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  };
  const rows = spaced(faulty).map((line) =>
    cellsOf(line.type === 'failed-round' ? `${line.round} failed: ${line.code}` : String(line.round), line),
  );
  const header = [
    'round',
    ...kinds.map((kind) => faultNouns[kind][1]),
    ...(hasClock ? ['virtual time'] : []),
  ];
  const head = header.map((name) => `<th>${escapeHtml(name)}</th>`).join('');
  return `<h2>Simulated faults</h2>
<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}${cellsOf('all', total)}</tbody></table></div>
`;
}

function renderRounds({ rounds, failedRounds }: ReportedRun): string {
  const shown = [...spaced(rounds), ...spaced(failedRounds)].sort((one, other) => one.round - other.round);
  const fields = new Map(
    shown.map((line) => [line, line.type === 'failed-round' ? [] : namedNumbers(shownFields(line))]),
  );
  const names = [...new Set([...fields.values()].flatMap((each) => each.map(([name]) => name)))];
  const hasLosses = shown.some((line) => 'lost' in line && line.lost.length > 0);
  const header = ['round', ...names, 'clients', ...(hasLosses ? ['refused', 'dropped'] : []), 'wall'];
  const body = shown.map((line) => {
    const values = new Map(fields.get(line));
    const counts = 'cohort' in line ? line : null;
    const cells = [
      line.type === 'failed-round' ? `${line.round} failed: ${line.code}` : String(line.round),
      ...names.map((name) => (values.has(name) ? formatNumber(values.get(name) as number) : '–')),
      counts === null ? '–' : `${counts.accepted}/${counts.cohort}`,
      ...(hasLosses ? [counts?.rejected ?? '–', counts?.dropped ?? '–'].map(String) : []),
      formatDuration(line.wallMs),
    ];
    return cells;
  });
  return renderTable(header, body);
}

/** Evenly spaced lines and the last, at most about `TABLE_ROWS`. */
function spaced<T>(lines: readonly T[]): readonly T[] {
  const stride = Math.max(1, Math.ceil(lines.length / TABLE_ROWS));
  return lines.filter((_, index) => index % stride === 0 || index === lines.length - 1);
}
