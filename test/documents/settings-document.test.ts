// The table of settings in a simulation's README has each setting that `--set` takes, with its default.
import fedprox from '@starling/simulations/fedprox';
import flights from '@starling/simulations/flights';
import hearts from '@starling/simulations/hearts';
import mnist from '@starling/simulations/mnist';
import penguins from '@starling/simulations/penguins';
import scaffold from '@starling/simulations/scaffold';
import sensors from '@starling/simulations/sensors';
import speeches from '@starling/simulations/speeches';
import temperature from '@starling/simulations/temperature';
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';

/** `| \`clients\`, \`cohort\` | 100, 10 | … |`: names and defaults of a row, one to one. */
const ROW = /^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \| .+ \|$/gm;

const withoutTicks = (cell: string): readonly string[] => cell.replaceAll('`', '').split(', ');

test.each([
  ['fedprox', fedprox],
  ['scaffold', scaffold],
  ['flights', flights],
  ['mnist', mnist],
  ['hearts', hearts],
  ['penguins', penguins],
  ['sensors', sensors],
  ['speeches', speeches],
  ['temperature', temperature],
])('simulations/%s/README.md lists every setting with its default', (name, { options }) => {
  const [, table = ''] = readText(`simulations/${name}/README.md`).split('| setting | default | |\n');
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(ROW)].flatMap(([, names = '', defaults = '']) => {
    const values = withoutTicks(defaults);
    return withoutTicks(names).map((setting, index) => [setting, values[index]] as const);
  });
  const settings = Object.entries(options.parse({})).map(
    ([setting, value]) => [setting, String(value)] as const,
  );
  const sorted = <T extends readonly (readonly [string, unknown])[]>(entries: T) =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(rows)).toEqual(sorted(settings));
});
