// docs/operations.md names the metrics that the coordinator serves, and the options that the command line alone sets.
import { readFileSync } from 'node:fs';
import { createProgram } from '@starling/cli';
import { createServerMetrics, limitDefinitions } from '@starling/coordinator';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

test('docs/operations.md lists every metric with its kind and meaning', async () => {
  const rows = [...page.matchAll(/^\| `(starling_\w+)` \| (\w+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  const served = await createServerMetrics().render();
  const meanings = [...served.matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ (\w+)$/gm)];
  expect(rows).toEqual(meanings.map(([, name, meaning, kind]) => [name, kind, meaning]));
});

test('docs/operations.md lists every limit with its default, for whom it holds, and what it means', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \| (\w+) \| (.+) \|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(rows).toEqual(
    Object.entries(limitDefinitions).map(([name, { usual, scope, meaning }]) => [
      name,
      usual.toLocaleString('en'),
      scope,
      meaning,
    ]),
  );
});

test('docs/operations.md names the options that have no environment variable', () => {
  const commands = createProgram().commands.filter((command) =>
    ['coordinator', 'client'].includes(command.name()),
  );
  expect(commands).toHaveLength(2);
  const without = commands.flatMap(({ options }) =>
    options.filter(({ envVar }) => envVar === undefined).map(({ long }) => long),
  );
  const sentence = /environment variables,[^;]* except ([^;]+);/.exec(page)?.[1] ?? '';
  const named = [...sentence.matchAll(/--[a-z-]+/g)].map(([option]) => option);
  expect(new Set(named)).toEqual(new Set(without));
});
