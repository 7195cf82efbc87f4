import { float32, type Generator, int32, seedFrom, sequence, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { describePopulation } from './describe-population.js';
import { generatedPopulation } from './generated-population.js';
import { populationOf } from './population-of.js';

const labelled = (labels: readonly number[]) => ({
  data: { length: labels.length, columns: { y: tensor('int32', [labels.length], Int32Array.from(labels)) } },
});

describe('describePopulation', () => {
  test('draws sizes as bars and shares of labels as shades', async () => {
    const population = populationOf(
      [labelled([7, 7, 7, 7]), labelled([7, 9])],
      struct({ data: sequence(struct({ y: int32() })) }),
      { name: 'pair', clientIds: ['ann', 'bo'] },
    );
    expect((await describePopulation({ population })).split('\n')).toEqual([
      'pair: 2 clients, 6 rows, 2 labels',
      'rows of a client: 2 to 4, half have 4 or more',
      '',
      'client rows                   7 9',
      'ann       4 ■■■■■■■■■■■■■■■■ │██  │',
      'bo        2 ■■■■■■■■         │▓▓▓▓│',
      '',
      "shares of a client's rows:  · < 5 %   ░ < 20 %   ▒ < 40 %   ▓ < 70 %   █ more",
    ]);
  });

  test('shows sizes alone where examples have no label, and loads nobody', async () => {
    const population = generatedPopulation({
      name: 'numbers',
      size: 1_000_000,
      dataType: struct({ data: sequence(float32()) }),
      seed: seedFrom(1),
      exampleCount: () => 10,
      generate: (_: number, _random: Generator) => {
        throw new Error('was loaded');
      },
    });
    const lines = (await describePopulation({ population, lines: 2 })).split('\n');
    expect(lines[0]).toBe("numbers: 1000000 clients, no label 'y'");
    expect(lines.slice(4, 6).map((line) => line.split(' ')[0])).toEqual(['numbers-0', 'numbers-999999']);
    expect(lines[6]).toBe('… and 999998 more between these');
  });
});
