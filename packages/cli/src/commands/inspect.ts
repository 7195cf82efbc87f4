// `starling inspect <simulation>`: what each client receives and sends and what the server sees, read off the plan; and
// what may be set.
import type { Command } from 'commander';
import { formatPlan } from '../output/plan-text.js';
import { formatSettings } from '../output/settings-text.js';
import { setUpSimulation } from '../simulation/set-up.js';
import { UsageError } from '../usage-error.js';
import { addSettingOption } from './shared-options.js';

interface InspectOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly plan: boolean;
  readonly json: boolean;
}

export function addInspectCommand(program: Command): void {
  const command = program
    .command('inspect')
    .description('show what each client sends and the server sees')
    .argument('<simulation>', "a name, or a file's path");
  addSettingOption(command)
    .option('--plan', 'also the computation and its compiled plan, step by step', false)
    .option('--json', 'one JSON object on stdout', false)
    .action(inspect);
}

async function inspect(name: string, { set, plan: shown, json }: InspectOptions): Promise<void> {
  const { run, options, settings, ...simulation } = await setUpSimulation(name, set);
  const computation = run.process?.next ?? run.computation;
  if (computation === undefined) {
    throw new UsageError(`Cannot inspect ${simulation.name}: need a process or a computation, got neither`);
  }
  const core = await import('@starling/federated-core');
  const { packPlan } = await import('@starling/runtime');
  const plan = core.compilePlan(computation, run.laneSize === undefined ? {} : { laneSize: run.laneSize });
  const report = core.inspectPlan(plan);
  const { hash } = packPlan(plan);
  if (json) {
    process.stdout.write(`${JSON.stringify({ hash, ...report, settings })}\n`);
    return;
  }
  const parts = [`${simulation.name}: ${simulation.description}`, formatPlan(report, hash)];
  if (shown) parts.push(core.formatComputation(computation).trimEnd(), core.formatPlan(plan).trimEnd());
  const text = formatSettings(options, settings);
  if (text !== '') parts.push(`settings, for --set:\n${text}`);
  process.stdout.write(`${parts.join('\n\n')}\n`);
}
