// A population as text, the picture of a partition for clients of any kind: what `describePartition` shows, read off
// the clients themselves.
import { type Dataset, structEntries, type Tensor, type Type } from '@starling/federated-core';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { counted, evenlySpread, formatClientTable } from '../partitioners/client-table.js';
import type { Label } from '../partitioners/partitioner.js';
import { compareLabels } from '../partitioners/rows-by-label.js';
import type { Population } from './population.js';
import { populationKind } from './population-kind.js';

/** Clients whose sizes are asked for: of more, as many that are evenly spread. */
const MOST_SIZES = 100_000;

export interface PopulationPicture {
  readonly population: Population;
  /** The field of an example that is its label. Default `y`; without such a field only sizes are shown. */
  readonly label?: string;
  /** Columns of the text, at least 40. Default 80. */
  readonly width?: number;
  /** Clients that are loaded and get a line, evenly spread from the first to the last. Default 20. */
  readonly lines?: number;
}

/**
 * The text of `describePartition`; labels are those of the clients that are shown, and only these are loaded. Throws a
 * `RangeError` for options out of their range, and what `load` throws.
 */
export async function describePopulation(options: PopulationPicture): Promise<string> {
  checkOptions('Cannot describe a population', options, {
    population: required(populationKind),
    label: kinds.text,
    width: count,
    lines: count,
  });
  const { population, label = 'y', width = 80, lines = 20 } = options;
  const { name, size, dataType } = population;
  const field = labelField(dataType, label);
  const shown = await Promise.all(
    evenlySpread(size, lines).map(async (client) => {
      const data = field === null ? null : await population.load(client);
      const counts = new Map<Label, number>();
      if (field !== null) {
        const dataset = (data as Readonly<Record<string, Dataset>>)[field] as Dataset;
        const column = (dataset.columns as Readonly<Record<string, Tensor>>)[label] as Tensor;
        for (const one of column.data as Iterable<Label>) counts.set(one, (counts.get(one) ?? 0) + 1);
      }
      return { name: population.clientId(client), rows: population.exampleCount(client), counts };
    }),
  );
  const labels = [...new Set(shown.flatMap(({ counts }) => [...counts.keys()]))].sort(compareLabels);
  const sizes = evenlySpread(size, MOST_SIZES).map((client) => population.exampleCount(client));
  const total =
    size > MOST_SIZES
      ? ''
      : `, ${counted(
          sizes.reduce((sum, rows) => sum + rows, 0),
          'row',
        )}`;
  const seen = shown.length < size ? ' among those shown' : '';
  const ofLabels = field === null ? `, no label '${label}'` : `, ${counted(labels.length, 'label')}${seen}`;
  return formatClientTable({
    clients: size,
    sizes,
    head: `${name}: ${counted(size, 'client')}${total}${ofLabels}`,
    labels,
    lines: shown.map(({ name: client, rows, counts }) => ({
      name: client,
      rows,
      counts: labels.map((one) => counts.get(one) ?? 0),
    })),
    width,
  });
}

/** The field of a client's data whose examples have such a scalar label; null if there is none. */
function labelField(dataType: Type, label: string): string | null {
  if (dataType.kind !== 'struct') return null;
  for (const [field, type] of structEntries(dataType)) {
    if (field === null || type.kind !== 'sequence' || type.element.kind !== 'struct') continue;
    const found = structEntries(type.element).find(([name]) => name === label)?.[1];
    if (found?.kind === 'tensor' && found.shape.length === 0) return field;
  }
  return null;
}
