// ExampleGen: the rows of all clients, cut in a part to learn from and a part to be judged by. Each client cuts its own
// rows, by a salted hash of the row, and nothing of them is sent; what is made here is only their description.
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import { type Population, splitTables, type TableColumns, type Tables } from '@starling/population';
import { canonical } from '../artifacts/canonical.js';
import { contentHash, examplePopulation, type SplitTables } from '../examples/example-population.js';
import type { Node } from '../nodes/node.js';

export interface ExampleGenOptions<C extends TableColumns> {
  readonly name?: string;
  readonly tables: Tables & { readonly columns: C };
  /** Which data this is, such as a day: what drift is measured between. `'1'` by default. */
  readonly span?: string;
  /** Another salt makes another split; 0 by default. */
  readonly salt?: number;
  /** Shares to learn from and to be judged by, whole numbers; `{ train: 2, eval: 1 }` by default. */
  readonly parts?: { readonly train: number; readonly eval: number };
  /** Columns that say which rows stay together; all columns by default. */
  readonly by?: readonly string[];
  /**
   * False if the data is with clients alone: then the span says which data it is, and must be another when clients have
   * other data. True by default: the data itself is hashed.
   */
  readonly atHand?: boolean;
}

export interface ExamplesNode<C extends TableColumns = TableColumns> extends Node<'Examples'> {
  readonly columns: C;
  readonly span: string;
  readonly splits: SplitTables;
  readonly population: Population;
}

export function exampleGen<const C extends TableColumns>(options: ExampleGenOptions<C>): ExamplesNode<C> {
  const action = 'Cannot make examples';
  checkOptions(action, options, {
    name: kinds.text,
    tables: required(kinds.record),
    span: kinds.text,
    salt: () => {},
    parts: kinds.record,
    by: kinds.list,
    atHand: kinds.flag,
  });
  const { name = 'examples', tables, salt = 0, parts = { train: 2, eval: 1 }, by, atHand = true } = options;
  if (!atHand && options.span === undefined) {
    throw optionError(
      `${action}: need a span of data that is not at hand, got none; name it, such as '2026-11-26'`,
    );
  }
  const { span = '1' } = options;
  const splits: SplitTables = splitTables(tables, { salt, parts, ...(by !== undefined && { by }) });
  const population = { ...examplePopulation(splits), dataAtHand: atHand };
  return {
    kind: 'Examples',
    component: 'ExampleGen',
    name,
    inputs: {},
    columns: tables.columns,
    span,
    splits,
    population,
    prepare: async () => {
      const data = atHand ? await contentHash(population) : `span ${span}`;
      const description = { columns: tables.columns, salt, parts, by: by ?? null, span, data };
      const clients = tables.size;
      return {
        identity: description as never,
        make: async () => ({
          files: { 'examples.json': canonical({ ...description, name: tables.name, clients }, 2) },
          properties: { span, clients },
          summary: `${clients} clients, train ${parts.train} and eval ${parts.eval} of ${parts.train + parts.eval} rows, span ${span}`,
        }),
      };
    },
  };
}
