// docs/operations.md names the metrics that the coordinator serves, and no other.
import { readFileSync } from 'node:fs';
import { createServerMetrics } from '@starling/coordinator';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

test('docs/operations.md lists every metric with its kind and meaning', () => {
  const rows = [...page.matchAll(/^\| `(starling_\w+)` \| (\w+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  const served = createServerMetrics().render();
  const meanings = [...served.matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ (\w+)$/gm)];
  expect(rows).toEqual(meanings.map(([, name, meaning, kind]) => [name, kind, meaning]));
});
