// The report of a run of a pipeline: one page that loads nothing. The nodes with their states, what was found of the
// data and of the model, why something was refused, and what the server saw.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AnomaliesFile,
  type Artifact,
  artifactStore,
  type BlessingFile,
  type Curves,
  type EvaluationFile,
  jsonOf,
  type NodeResult,
  type PipelineResult,
  type Schema,
  type StatisticsBySplit,
} from '@starling/pipeline';
import { countOf, formatDuration, formatNumber } from '../output/numbers.js';
import { seenBy } from '../output/pipeline-seen.js';
import { renderChart } from './chart.js';
import { escapeHtml } from './html.js';
import { renderFactList, renderPage, renderTable } from './page.js';
import { PIPELINE_STYLE, renderFeatures, renderGraph, renderGroups } from './pipeline-parts.js';

/** Writes `runs/<run>/report.html` in the directory of the runs; gives its path. */
export function writeReport(directory: string, result: PipelineResult, description: string): string {
  const folder = join(directory, 'runs', String(result.run));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'report.html');
  writeFileSync(path, renderPipeline(result, description, statisticsBefore(directory, result)));
  return path;
}

/** The statistics that the validator compared with; null if there are none, or they are gone. */
function statisticsBefore(directory: string, { nodes }: PipelineResult): StatisticsBySplit | null {
  const anomalies = nodes.find(({ artifact }) => artifact?.kind === 'ExampleAnomalies')?.artifact ?? null;
  const id =
    anomalies === null ? null : jsonOf<AnomaliesFile>(anomalies, 'anomalies.json').previousStatistics;
  const artifact = id === null ? null : artifactStore(join(directory, 'artifacts')).read(id);
  return artifact === null ? null : jsonOf<StatisticsBySplit>(artifact, 'statistics.json');
}

export function renderPipeline(
  result: PipelineResult,
  description: string,
  before: StatisticsBySplit | null = null,
): string {
  const { pipeline, run, outcome, nodes, fingerprint, wallMs } = result;
  const facts = [
    ['run', String(run)],
    ['ended', outcome],
    ['nodes', String(nodes.length)],
    ['from the cache', String(nodes.filter(({ isCached }) => isCached).length)],
    ['wall time', formatDuration(wallMs)],
  ] as const;
  const body = [
    `<style>${PIPELINE_STYLE}</style>`,
    `<h1>${escapeHtml(pipeline)}</h1><p>${escapeHtml(description)}</p>`,
    renderFactList(facts, [['fingerprint', fingerprint]]),
    renderReasons(nodes),
    `<h2>Nodes</h2>${renderGraph(nodes)}<div class="table runs">${nodeTable(nodes)}</div>`,
    ...sections(nodes, before),
    renderSeen(nodes),
  ];
  return renderPage(`${pipeline}, run ${run}`, body.join('\n'));
}

function renderReasons(nodes: readonly NodeResult[]): string {
  const judged = nodes.filter(({ status }) => status === 'refused' || status === 'failed');
  if (judged.length === 0) return '';
  const rows = judged.flatMap(({ node, status, reasons }) => reasons.map((reason) => [node, status, reason]));
  return `<h2>Why it did not go on</h2><div class="table reasons runs">${renderTable(['node', 'state', 'reason'], rows)}</div>`;
}

function nodeTable(nodes: readonly NodeResult[]): string {
  const rows = nodes.map(({ node, component, status, words, wallMs, artifact }) => [
    node,
    component,
    status,
    wallMs > 0 ? formatDuration(wallMs) : '',
    artifact?.id.slice(0, 12) ?? '',
    words,
  ]);
  return renderTable(['node', 'component', 'state', 'time', 'artifact', 'what it found'], rows);
}

function sections(nodes: readonly NodeResult[], before: StatisticsBySplit | null): readonly string[] {
  const made = (kind: Artifact['kind']): Artifact | null =>
    nodes.find(({ artifact }) => artifact?.kind === kind)?.artifact ?? null;
  const read = <T>(kind: Artifact['kind'], file: string): T | null => {
    const artifact = made(kind);
    return artifact === null ? null : jsonOf<T>(artifact, file);
  };
  const statistics = read<StatisticsBySplit>('ExampleStatistics', 'statistics.json');
  const anomalies = read<AnomaliesFile>('ExampleAnomalies', 'anomalies.json');
  const schema = read<Schema>('Schema', 'schema.json');
  const curves = read<Curves>('Model', 'curves.json');
  const evaluation = read<EvaluationFile>('ModelEvaluation', 'evaluation.json');
  const blessing = read<BlessingFile>('ModelBlessing', 'blessing.json');
  const pushed = made('PushedModel');
  const all: string[] = [];
  if (statistics !== null) all.push(`<h2>Data</h2>${renderFeatures(statistics, anomalies, before)}`);
  if (schema !== null)
    all.push(`<h2>Schema</h2><div class="table runs">${schemaTable(schema, anomalies)}</div>`);
  if (curves !== null) all.push(`<h2>Training</h2><div class="charts">${curveCharts(curves)}</div>`);
  if (evaluation !== null) all.push(`<h2>Evaluation by groups</h2>${renderGroups(evaluation)}`);
  if (blessing !== null)
    all.push(`<h2>Constraints</h2><div class="table runs">${constraintTable(blessing)}</div>`);
  if (pushed !== null)
    all.push(`<h2>Where the pushed model comes from</h2><div class="table runs">${lineage(nodes)}</div>`);
  return all;
}

function schemaTable({ features }: Schema, anomalies: AnomaliesFile | null): string {
  const rows = features.map(({ name = '', type = '', presence, clients, domain }) => [
    name,
    type,
    presence?.minFraction === 1 ? 'always' : `${presence?.minCount ?? 0} rows or more`,
    clients === undefined ? '' : `${formatNumber(100 * clients.minFraction)} % of clients`,
    domain === undefined
      ? ''
      : domain.kind === 'string'
        ? `one of ${domain.values.length} texts`
        : domain.kind,
    [
      ...new Set(
        (anomalies?.anomalies ?? []).filter(({ feature }) => feature === name).map((one) => one.type),
      ),
    ].join(', '),
  ]);
  return renderTable(['column', 'type', 'present', 'with', 'domain', 'anomalies'], rows);
}

function curveCharts(curves: Curves): string {
  const names = Object.entries((curves[0]?.metrics ?? {}) as Readonly<Record<string, unknown>>)
    .filter(([name, value]) => typeof value === 'number' && name !== 'examples')
    .map(([name]) => name);
  return names
    .map((name) => {
      const points = curves.flatMap(({ round, metrics }): (readonly [number, number])[] => {
        const value = (metrics as Readonly<Record<string, unknown>>)[name];
        return typeof value === 'number' ? [[round, value]] : [];
      });
      return renderChart({ title: `${name} of the cohorts`, series: [{ name, points }] } as never);
    })
    .join('\n');
}

function constraintTable({ constraints, trial }: BlessingFile): string {
  const number = (value: number | null): string => (value === null ? '' : formatNumber(value));
  const tried = (trial?.constraints ?? []).map((one) => ({
    ...one,
    constraint: `${one.constraint} (trial by ${countOf(trial?.clients ?? 0, 'client')})`,
  }));
  const rows = [...constraints, ...tried].map(({ constraint, outcome, value, low, high, reason }) =>
    [constraint, outcome, number(value), low === null ? '' : `${number(low)} to ${number(high)}`, reason]
      .map(
        (cell, at) =>
          `<td${at === 1 ? ` class="outcome ${outcome}"` : at === 4 ? ' class="wraps"' : ''}>${escapeHtml(cell)}</td>`,
      )
      .join(''),
  );
  const head = ['constraint', 'outcome', 'figure', 'interval', 'reason']
    .map((name) => `<th>${name}</th>`)
    .join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => `<tr>${row}</tr>`).join('')}</tbody></table>`;
}

function lineage(nodes: readonly NodeResult[]): string {
  const rows = nodes.flatMap(({ node, artifact }) =>
    artifact === null ? [] : [[node, artifact.kind, artifact.id]],
  );
  return renderTable(['node', 'artifact', 'SHA-256'], rows);
}

/** What left the clients, by node. */
function renderSeen(nodes: readonly NodeResult[]): string {
  const rows = nodes.map(({ node, component, artifact }) => {
    const { bytesPerClient: bytes, triedBy } = artifact?.properties ?? {};
    return [
      node,
      typeof triedBy === 'number' && triedBy > 0
        ? `sums over ${countOf(triedBy, 'client')} that tried the model`
        : seenBy(component),
      typeof bytes === 'number' ? `${formatNumber(bytes)} bytes from each client` : '',
    ];
  });
  return `<h2>What the server saw</h2><div class="table runs">${renderTable(['node', 'of the clients', 'size'], rows)}</div>`;
}
