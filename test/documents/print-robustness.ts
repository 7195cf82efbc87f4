// `npm run robustness`: the tables of docs/robustness.md, of rules by attacks, each cell a run of the mnist simulation.
import { fileURLToPath } from 'node:url';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import mnist from '@starling/simulations/mnist';

export const ATTACKS = [
  'none',
  'sign-flip',
  'label-flip',
  'gaussian',
  'alie',
  'ipm',
  'model-replacement',
] as const;
export const RULES = [
  'mean',
  'clipped',
  'bounded-mean',
  'centred-clipping',
  'centred-clipping-momentum',
  'median',
  'trimmed-mean',
  'krum',
  'multi-krum',
  'geometric-median',
] as const;
export const PARTITIONS = ['iid', 'shards'] as const;

export interface Cell {
  readonly partition: (typeof PARTITIONS)[number];
  readonly rule: (typeof RULES)[number];
  readonly attack: (typeof ATTACKS)[number];
}

const ROUNDS = 20;

/** The accuracy on the test images after the last round, in percent. */
export async function accuracyOf({ partition, rule, attack }: Cell): Promise<number> {
  const settings = { model: 'logistic', clients: 300, cohort: 20, evaluateEvery: ROUNDS };
  const options = mnist.options.parse({ ...settings, partition, aggregator: rule, attack });
  const run = await mnist.build(options);
  const { evaluation } = await runRounds({
    ...run,
    runtime: inProcessRuntime(),
    rounds: ROUNDS,
    seed: 1,
  });
  return 100 * (evaluation as unknown as { readonly accuracy: number }).accuracy;
}

/** The table of a partition, a line a rule. */
async function tableOf(partition: Cell['partition']): Promise<string> {
  const lines = [`| rule | ${ATTACKS.join(' | ')} |`, `|---${'|---'.repeat(ATTACKS.length)}|`];
  for (const rule of RULES) {
    const cells: string[] = [];
    for (const attack of ATTACKS) cells.push((await accuracyOf({ partition, rule, attack })).toFixed(1));
    lines.push(`| \`${rule}\` | ${cells.join(' | ')} |`);
    process.stderr.write(`${partition}: ${lines.at(-1)}\n`);
  }
  return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const partition of PARTITIONS) process.stdout.write(`${partition}\n\n${await tableOf(partition)}\n\n`);
}
