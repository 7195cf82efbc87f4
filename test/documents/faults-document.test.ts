// docs/faults.md has every field of the schema with its default and meaning, and its sample file runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  byzantineSchemas,
  corruptSchemas,
  faultsSchema,
  latencySchemas,
  ruleSchemas,
} from '@starling/runtime/faults';
import { afterAll, expect, test } from 'vitest';
import { readText } from '../support/repository.js';
import { snippetNamed } from '../support/snippets.js';
import { recordOf, runStarling } from '../support/starling.js';

/** As much of a zod schema as a table shows. */
interface Schema {
  readonly description?: string | undefined;
  readonly def: {
    readonly type: string;
    readonly innerType?: unknown;
    readonly defaultValue?: unknown;
    readonly values?: readonly unknown[];
  };
  readonly shape?: unknown;
}

const page = readText('docs/faults.md');
const folder = mkdtempSync(join(tmpdir(), 'starling-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inner(schema: Schema): Schema {
  return schema.def.innerType === undefined ? schema : inner(schema.def.innerType as Schema);
}
const fieldsOf = (schema: unknown): readonly (readonly [string, Schema])[] =>
  Object.entries(inner(schema as Schema).shape as Readonly<Record<string, Schema>>);

/** `[]` of lists, `–` for what may be left out, `needed` for what may not. */
function defaultOf({ def }: Schema): string {
  if (def.type === 'default') return `\`${JSON.stringify(def.defaultValue).replaceAll('"', '')}\``;
  if (def.type === 'optional') return '–';
  return def.type === 'readonly' ? defaultOf(def.innerType as Schema) : 'needed';
}
const rowOf = ([name, schema]: readonly [string, Schema]): string =>
  `| \`${name}\` | ${defaultOf(schema)} | ${schema.description} |`;

test('docs/faults.md has every kind of fault, and what all rules have', () => {
  const header = '| field | default | meaning |\n|---|---|---|\n';
  expect(page).toContain(`${header}${fieldsOf(faultsSchema).map(rowOf).join('\n')}\n`);
  expect(page).toContain(`${header}${fieldsOf(ruleSchemas.every).map(rowOf).join('\n')}\n`);
  const [more] = fieldsOf(ruleSchemas.dropout).filter(([name]) => name === 'for');
  expect(page).toContain(rowOf(more!));
  const [latency] = fieldsOf(ruleSchemas.straggler).filter(([name]) => name === 'latency');
  expect(page).toContain(rowOf(latency!));
  const [, aggregations] = fieldsOf(byzantineSchemas[0]).find(([name]) => name === 'aggregations')!;
  expect(page).toContain(rowOf(['aggregations', aggregations]));
});

test.each([
  ['distribution', latencySchemas],
  ['how', corruptSchemas],
  ['how', byzantineSchemas],
] as const)('docs/faults.md has what `%s` may be, with its fields', (name, schemas) => {
  const rules = new Set(fieldsOf(ruleSchemas.every).map(([field]) => field));
  const rows = schemas.map((schema) => {
    const fields = fieldsOf(schema).filter(([field]) => !rules.has(field) && field !== 'aggregations');
    const [, { def, description }] = fields.find(([field]) => field === name)!;
    const others = fields
      .filter(([field]) => field !== name)
      .map(([field, own]) => {
        const usual = defaultOf(own);
        return `\`${field}\`: ${own.description}${usual === 'needed' ? '' : ` (${usual})`}`;
      });
    return `| \`${def.values![0]}\` | ${description} | ${others.join('; ') || 'none'} |`;
  });
  expect(page).toContain(`|---|---|---|\n${rows.join('\n')}\n`);
});

test('the sample file of docs/faults.md runs, on every number of threads in the same way', async () => {
  const [, sample = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];
  const faults = join(folder, 'faults.yaml');
  const file = join(folder, 'hot.ts');
  writeFileSync(faults, sample);
  writeFileSync(file, snippetNamed('README.md', 'hot.ts'));
  const run = async (...how: readonly string[]) => {
    const options = ['--faults', faults, '--set', 'clients=40', '--rounds', '6', '--json', ...how];
    const { code, stdout, stderr } = await runStarling('simulate', file, ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return recordOf(stdout).map((line) => {
      const {
        wallMs: _,
        startedAt: __,
        id: ___,
        runtime: ____,
        workers: _____,
        ...same
      } = line as never as Record<string, unknown>;
      return same;
    });
  };
  const [inProcess, one, three] = await Promise.all([
    run('--runtime', 'in-process'),
    run('--workers', '1'),
    run('--workers', '3'),
  ]);
  expect(one).toEqual(inProcess);
  expect(three).toEqual(inProcess);
  const rounds = inProcess.filter(({ type }) => type === 'round') as unknown as readonly {
    readonly faults: Readonly<Record<string, number>>;
  }[];
  // Each kind that the sample has befalls somebody in six rounds of 40 clients.
  for (const kind of Object.keys(rounds[0]!.faults)) {
    expect(
      rounds.some(({ faults: counts }) => counts[kind]! > 0),
      kind,
    ).toBe(true);
  }
});
