// `starling inspect <simulation>`: what each client receives and sends and what the server sees, read off the plan.
import { compilePlan, inspectPlan } from '@starling/federated-core';
import { packPlan } from '@starling/runtime';
import type { Command } from 'commander';
import { formatPlan } from '../output/plan-text.js';
import { setUpSimulation } from '../simulation/set-up.js';
import { UsageError } from '../usage-error.js';
import { addSettingOption } from './shared-options.js';

interface InspectOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly json: boolean;
}

export function addInspectCommand(program: Command): void {
  const command = program
    .command('inspect')
    .description('show what each client sends and the server sees')
    .argument('<simulation>', "a name, or a file's path");
  addSettingOption(command).option('--json', 'one JSON object on stdout', false).action(inspect);
}

async function inspect(name: string, { set, json }: InspectOptions): Promise<void> {
  const { run, ...simulation } = await setUpSimulation(name, set);
  const computation = run.process?.next ?? run.computation;
  if (computation === undefined) {
    throw new UsageError(`Cannot inspect ${simulation.name}: need a process or a computation, got neither`);
  }
  const plan = compilePlan(computation);
  const report = inspectPlan(plan);
  const { hash } = packPlan(plan);
  process.stdout.write(`${json ? JSON.stringify({ hash, ...report }) : formatPlan(report, hash)}\n`);
}
