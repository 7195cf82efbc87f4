// `starling inspect <federation|file>`: what each client receives and sends and what the server sees, read off the
// plan; and what may be set. A file may also export a bare computation or process.
import type { FederatedComputation, IterativeProcess } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import type { Pipeline } from '@starling/pipeline';
import type { LinkedPlan } from '@starling/plan';
import type { ClientsEvaluation } from '@starling/runtime';
import type { Command } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { federationOf, type LoadedFile, loadFile } from '../federation/load.js';
import { type ReadyFederation, setUp } from '../federation/set-up.js';
import { readSettings } from '../federation/settings.js';
import { seenBy } from '../output/pipeline-seen.js';
import { describePlan } from '../output/plan-text.js';
import { printLine } from '../output/print.js';
import { formatSettings } from '../output/settings-text.js';
import { example, settingOption } from './options.js';

interface InspectOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly plan: boolean;
  readonly json: boolean;
}

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('show what each client sends and the server sees')
    .addHelpText('after', example('starling inspect mnist --plan'))
    .argument('<federation>', 'a name, or the path of a file with a federation, computation or process')
    .addOption(settingOption())
    .option('--plan', 'also the computation and its compiled plan, step by step', false)
    .option('--json', 'one JSON object on stdout', false)
    .action(inspect);
}

async function inspect(name: string, options: InspectOptions): Promise<void> {
  const file = await loadFile(name);
  const { value } = file;
  if (isPipelineValue(value)) await inspectPipeline(value, options);
  else await inspectComputation(file, options);
}

/** Told by its form, so that the package need not be loaded for others. */
function isPipelineValue(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'pipeline';
}

/** A row a node: what it takes of others, and what the server sees of the clients while it is made. */
async function inspectPipeline(pipeline: Pipeline, { set, json }: InspectOptions): Promise<void> {
  const settings = await readSettings(pipeline.options, set, pipeline.name);
  const { nodes, examples } = await pipeline.build(settings);
  const rows = nodes.map(({ name, component, inputs }) => ({
    node: name,
    component,
    takes: [...new Set(Object.values(inputs).map((input) => input.name))],
    sees: seenBy(component),
  }));
  if (json) {
    printLine(JSON.stringify({ pipeline: pipeline.name, nodes: rows, settings }));
    return;
  }
  const clients = examples.population.size;
  const lines = rows.map(({ node, takes, sees }) =>
    [node, takes.length === 0 ? '' : `takes ${takes.join(', ')}`, `the server sees ${sees}`]
      .filter((text) => text !== '')
      .map((text, at) => (at === 0 ? text : `  ${text}`))
      .join('\n'),
  );
  const text = formatSettings(pipeline.options, settings);
  const parts = [
    `${pipeline.name}: ${pipeline.description}`,
    `${clients === 1 ? '1 client' : `${clients} clients`}, asked by one node after the other:`,
    lines.join('\n'),
    'Bytes from each client are in the report of a run, which starling pipeline run writes.',
    ...(text === '' ? [] : [`settings, for --set:\n${text}`]),
  ];
  printLine(parts.join('\n\n'));
}

async function inspectComputation(
  file: LoadedFile,
  { set, plan: shown, json }: InspectOptions,
): Promise<void> {
  const { computation, kept, evaluation, laneSize, head, settings, options } = await load(file, set);
  const core = await import('@starling/federated-core');
  const { linkPlan } = await import('@starling/plan/link');
  const plan = core.compilePlan(computation, {
    ...(laneSize !== undefined && { laneSize }),
    ...core.clientStateOptions(kept),
  });
  // With placements, and marked where it is computed from values of single clients.
  const report = { ...core.inspectPlan(plan), result: core.formatType(computation.type.result) };
  const linked = linkPlan(plan);
  const asked = evaluation === null ? null : await inspectEvaluation(evaluation, plan, linked);
  if (json) {
    printLine(
      JSON.stringify({
        hash: linked.hash,
        ...report,
        settings,
        ...(asked !== null && { evaluation: asked.report }),
      }),
    );
    return;
  }
  const parts = [head, describePlan(report, linked.hash)];
  if (asked !== null) parts.push(asked.text);
  if (shown) parts.push(core.formatComputation(computation).trimEnd(), core.formatPlan(plan).trimEnd());
  const text = options === null ? '' : formatSettings(options, settings);
  if (text !== '') parts.push(`settings, for --set:\n${text}`);
  printLine(parts.join('\n\n'));
}

/** What an evaluation asks of clients, besides the rounds. */
async function inspectEvaluation(
  { every, computation }: ClientsEvaluation,
  { clientState, laneSize }: RoundPlan,
  rounds: LinkedPlan,
): Promise<{ readonly report: object; readonly text: string }> {
  const core = await import('@starling/federated-core');
  const { linkPlan } = await import('@starling/plan/link');
  const { joinLinkedPlans } = await import('@starling/plan');
  const plan = core.compilePlan(computation, {
    laneSize,
    ...(clientState !== undefined && { reads: clientState }),
  });
  const linked = linkPlan(plan);
  const session = joinLinkedPlans(rounds, linked).hash;
  const report = { ...core.inspectPlan(plan), result: core.formatType(computation.type.result) };
  const when = every === 1 ? 'after every round' : `every ${every} rounds, and after the last`;
  return {
    report: { every, hash: linked.hash, session, ...report },
    text: `evaluation on clients, ${when}; clients work for both by the plan ${session}\n\n${describePlan(report, linked.hash)}`,
  };
}

interface Inspected extends Pick<ReadyFederation, 'settings'> {
  readonly computation: FederatedComputation;
  /** The process whose round it is, if it is one's: what clients keep. */
  readonly kept: Pick<IterativeProcess, 'initializeClient' | 'whenLost' | 'finiteState'>;
  /** `null` if clients are asked for none. */
  readonly evaluation: ClientsEvaluation | null;
  readonly laneSize: number | undefined;
  readonly head: string;
  readonly options: ReadyFederation['options'] | null;
}

/** What runs in a round of a federation, or the computation of a file. */
async function load(file: LoadedFile, set: InspectOptions['set']): Promise<Inspected> {
  const bare = bareComputation(file.value);
  if (bare !== null) {
    const [setting] = Object.keys(set);
    if (setting !== undefined) {
      throw new UsageError(`Cannot set ${setting} of ${bare.name}: a computation has no settings`);
    }
    return {
      computation: bare,
      kept: keptBy(file.value),
      evaluation: null,
      laneSize: undefined,
      head: bare.name,
      options: null,
      settings: {},
    };
  }
  const { run, options, settings, ...federation } = await setUp(await federationOf(file), set);
  const computation = run.process?.next ?? run.computation;
  if (computation === undefined) {
    throw new UsageError(`Cannot inspect ${federation.name}: need a process or a computation, got neither`);
  }
  const head = `${federation.name}: ${federation.description}`;
  const { evaluation } = run;
  const asked = evaluation !== undefined && 'computation' in evaluation ? evaluation : null;
  return {
    computation,
    kept: keptBy(run.process),
    evaluation: asked,
    laneSize: run.laneSize,
    head,
    options,
    settings,
  };
}

function keptBy(value: unknown): Inspected['kept'] {
  const process = value as IterativeProcess | undefined;
  return process?.kind === 'iterative-process' ? process : { finiteState: false };
}

/** A computation, or that of a round of a process. */
function bareComputation(value: unknown): FederatedComputation | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('kind' in value && value.kind === 'federated-computation') return value as FederatedComputation;
  return 'next' in value ? bareComputation(value.next) : null;
}
