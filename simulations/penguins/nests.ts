// The penguins of the Palmer Archipelago, as stations that count ten nests each hold them: Gorman, Williams, Fraser,
// "Ecological Sexual Dimorphism and Environmental Variability within a Community of Antarctic Penguins", PLoS ONE 2014.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { float32, int32, sequence, struct, toValue, type Value } from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

/** In the order of their codes. */
export const species = ['Adelie', 'Chinstrap', 'Gentoo'] as const;

const measures = ['culmen_length_mm', 'culmen_depth_mm', 'flipper_length_mm', 'body_mass_g'] as const;
/** About the mean and the standard deviation of each measure: as round numbers, so that nobody has to ask for them. */
const scales = [
  [44, 5.5],
  [17, 2],
  [200, 14],
  [4200, 800],
] as const;

export interface NestsOptions {
  /** Whether all four measures are features, or those of the beak alone. */
  readonly features: 'beak' | 'all';
}

/** An example: its measures, scaled; whether it is a male; and its species, as a code, which no model sees. */
export const nestExample = ({ features }: NestsOptions) =>
  struct({ x: float32(features === 'beak' ? 2 : 4), y: float32(), species: int32() });

const NESTS_OF_A_STATION = 10;

/** 35 stations, each with penguins of one species, in the order of the file; those of unknown sex are left out. */
export function nests(options: NestsOptions): Population {
  const rows = readRows();
  const example = nestExample(options);
  const stations = species.flatMap((name, code) => {
    const own = rows.filter((row) => row['species'] === name);
    const count = Math.ceil(own.length / NESTS_OF_A_STATION);
    return Array.from({ length: count }, (_, at) => ({
      id: `${name.toLowerCase()}-${at + 1}`,
      examples: own.slice(at * NESTS_OF_A_STATION, (at + 1) * NESTS_OF_A_STATION).map((row) => ({
        x: measures
          .map((measure, index) => (Number(row[measure]) - scales[index]![0]) / scales[index]![1])
          .slice(0, options.features === 'beak' ? 2 : 4),
        y: row['sex'] === 'MALE' ? 1 : 0,
        species: code,
      })),
    }));
  });
  const type = sequence(example);
  const values = stations.map(({ examples }): Value => toValue(type, examples as never));
  return populationOf(values, type, { name: 'nests', clientIds: stations.map(({ id }) => id) });
}

type Row = Readonly<Record<string, string>>;

function readRows(): readonly Row[] {
  const path = fileURLToPath(import.meta.resolve('@observablehq/sample-datasets/penguins.csv'));
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header!.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])));
  return rows.filter(({ sex }) => sex === 'MALE' || sex === 'FEMALE');
}
