// docs/record.md has a table for each line of a record, with every field as the schema describes it.
import { recordLine } from '@starling/runtime/record';
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';

/** As much of a zod schema as a table shows. */
interface Schema {
  readonly description?: string | undefined;
  readonly def: { readonly type: string; readonly innerType?: unknown; readonly values?: unknown };
  readonly shape?: unknown;
  readonly element?: unknown;
}

/** Without what makes a schema read-only, optional or nullable. */
function inner(schema: Schema): Schema {
  return schema.def.innerType === undefined ? schema : inner(schema.def.innerType as Schema);
}

const shapeOf = (schema: Schema) => inner(schema).shape as Readonly<Record<string, Schema>>;

const rowOf = ([name, { def, description }]: readonly [string, Schema]): string =>
  `| \`${name}\` | ${def.type === 'optional' ? 'optional: ' : ''}${description} |`;

const tableOf = (title: string, schema: Schema): string =>
  [
    `### ${title}`,
    '',
    '| field | meaning |',
    '|---|---|',
    ...Object.entries(shapeOf(schema)).map(rowOf),
  ].join('\n');

test('docs/record.md has each field of each line, of an entry of `lost`, of `constraints` and of `faults`', () => {
  const page = readText('docs/record.md');
  const lines: readonly Schema[] = recordLine.options;
  const shapes = lines.map(shapeOf);
  const tables = shapes.map(({ type }, index) => tableOf(`\`${type!.def.values}\``, lines[index]!));
  const lost = shapes.flatMap((shape) => (shape['lost'] === undefined ? [] : [inner(shape['lost'])]))[0]!;
  tables.push(tableOf('An entry of `lost`', lost.element as Schema));
  const constraints = shapes
    .map((shape) => inner(shape['constraints'] ?? shape['type']!))
    .find((each) => each.element);
  tables.push(tableOf('An entry of `constraints` of a round', constraints!.element as Schema));
  const faults = shapes.flatMap((shape) => (shape['cohort'] && shape['faults']) || [])[0]!;
  tables.push(tableOf('`faults` of a round', inner(faults)));
  expect(tables).toHaveLength(9);
  for (const table of tables) expect(page).toContain(`${table}\n`);
});
