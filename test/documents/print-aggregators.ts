// docs/aggregators.md, from the code: what the plan of each aggregator moves, what it declares, and the comment that
// its file opens with, which has its paper and equations.
import { compilePlan, inspectPlan, type Type } from '@starling/federated-core';
import { leafTypes, sizeOf } from '@starling/federated-core/plan';
import { type AggregatorCase, aggregators, updateOf } from '../support/aggregators.js';
import { readText, trackedFiles } from '../support/repository.js';

/** Of two updates, so that bytes can be given for one of P numbers: powers of two, for those that rotate. */
const SIZES = [32_768, 65_536] as const;

const HEAD = `# Aggregators

How the updates of a cohort become one: every aggregator of \`@starling/aggregators\`, with its paper, its equation, what
it costs and when to use it. This page is printed from the code; a test keeps it up to date. The
[README](../packages/aggregators/README.md) shows how to compose them and how to write one, and
[robustness](robustness.md) what they hold against liars.

What a client receives and sends for an update of P numbers, in bytes, by the plans that the aggregators compile to,
made with the options of the first line of their sections; a weight of 4 bytes is part of it where one is sent. The
state is the numbers that the server keeps between rounds, *client* those that each client keeps. *Reveals* says what
the server computes from: sums over clients, the updates of a few, or all of them, one by one. The bound is the norm to
which a client that runs the plan is held.

`;

interface Cost {
  readonly up: string;
  readonly down: string;
  readonly state: string;
  readonly client: string;
}

/** "4 P + 12", of the bytes for each of `SIZES`; without P if they do not grow. */
function inNumbers([small, large]: readonly [number, number]): string {
  const each = (large - small) / (SIZES[1] - SIZES[0]);
  const rest = small - each * SIZES[0];
  const factor = each === 0 ? [] : [each === 1 ? 'P' : each < 1 ? `P / ${1 / each}` : `${each} P`];
  return [...factor, ...(rest === 0 ? [] : [String(rest)])].join(' + ') || '0';
}

function costOf(one: AggregatorCase): Cost {
  const plans = SIZES.map((size) => {
    const { initialize, initializeClient, next } = one.make().create(updateOf(one, size));
    const kept = initializeClient && { clientState: { initialize: initializeClient } };
    const { bytesUp, bytesDown } = inspectPlan(compilePlan(next, { ...kept }));
    return {
      up: bytesUp!,
      down: bytesDown!,
      state: numbersOf(initialize.type.result),
      client: initializeClient === undefined ? 0 : numbersOf(initializeClient.type.result),
    };
  });
  const [small, large] = [plans[0]!, plans[1]!];
  const of = (field: keyof Cost) => inNumbers([small[field], large[field]]);
  return { up: of('up'), down: of('down'), state: of('state'), client: of('client') };
}

const numbersOf = (type: Type): number =>
  leafTypes(type).reduce((sum, { shape }) => sum + sizeOf(shape as readonly number[]), 0);

/** "L2, estimated", "greatest number, 100" or "–". */
function boundOf({ make }: AggregatorCase): string {
  const { sensitivity } = make();
  if (sensitivity === null) return '–';
  const norm = sensitivity.order === 'max' ? 'greatest number' : `L${sensitivity.order}`;
  return `${norm}, ${sensitivity.bound ?? 'estimated'}`;
}

function row([name, one]: readonly [string, AggregatorCase]): string {
  const { up, down, state, client } = costOf(one);
  const link = `[\`${name}\`](#${name.toLowerCase()})`;
  const { reveals } = one.make();
  return `| ${link} | ${up} | ${down} | ${state} | ${client} | ${reveals} | ${boundOf(one)} |`;
}

/** The comment that opens the file which exports `name`, as Markdown. */
function headOf(name: string): string {
  const paths = trackedFiles('.ts').filter((path) => path.startsWith('packages/aggregators/src/'));
  const path = paths.find((each) => readText(each).includes(`export function ${name}(`))!;
  const lines = readText(path).split('\n');
  const comment = lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    .map((line) => line.slice(2));
  const blocks: string[] = [];
  let isCode = false;
  for (const line of comment) {
    const isEquation = line.startsWith('   ');
    if (isEquation !== isCode && (isEquation || line !== '')) {
      blocks.push(isEquation ? '```text' : '```');
      if (!isEquation) blocks.push('');
      isCode = isEquation;
    }
    blocks.push(isEquation ? line.slice(3) : line.slice(1));
  }
  if (isCode) blocks.push('```');
  return blocks.join('\n').replace(/\n+```\n/g, '\n```\n');
}

/** Prose in lines of at most 120 columns. */
function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.pop()!;
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= 120) lines.push(longer);
    else lines.push(line, word);
  }
  return lines.join('\n');
}

/** How a case makes its aggregator, as test/support/aggregators.ts has it. */
function writtenOf(name: string): string {
  const text = readText('test/support/aggregators.ts');
  const [, entry] = text.split(`\n  ${name}: {\n`) as [string, string];
  const call = /make: \(\) =>([\s\S]*?),\n {4}(?:update|use):/.exec(entry)![1]!;
  return call
    .replace(/\broom\./g, '')
    .replace(/\s+/g, ' ')
    .replace(/\( | \)|,(?= \})/g, (part) => part.trim())
    .trim();
}

function section([name, { use }]: readonly [string, AggregatorCase]): string {
  return `## ${name}\n\n\`${writtenOf(name)}\`\n\n${wrapped(use)}\n\n${headOf(name)}\n`;
}

/** The page, ending in a newline. */
export function printAggregators(): string {
  const entries = Object.entries(aggregators);
  const table = [
    '| aggregator | bytes up | bytes down | state | client | reveals | bound |',
    '|---|---|---|---|---|---|---|',
    ...entries.map(row),
  ];
  return `${HEAD}${table.join('\n')}\n\n${entries.map(section).join('\n')}`;
}
