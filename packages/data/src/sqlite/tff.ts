// TFF's layout (`SqlClientData`): a table `examples` with a `tf.train.Example` a row, and `client_metadata` with the
// number of examples of each client, both by split, such as train and test.

import { float32, int32 } from '@starling/federated-core';
import { thrownWords } from '@starling/federated-core/plan';
import { type ColumnType, text } from '../columns/column-type.js';
import { FileError } from '../errors/file-error.js';
import { formatList } from '../errors/format-list.js';
import { literal, type SqliteFile } from './database.js';
import { namesAndCounts, type SqliteLayout } from './sqlite-layout.js';
import { type Feature, readExample } from './tf-example.js';

export function tffLayout({ file: { path }, all }: SqliteFile, split: string | undefined): SqliteLayout {
  const splits = all('select distinct cast(split_name as blob) from client_metadata').map(([name]) =>
    String(name),
  );
  if (split === undefined ? splits.length > 1 : !splits.includes(split)) {
    throw new FileError({
      path,
      need: split === undefined ? 'has several splits, of which one' : `must have a split '${split}'`,
      got: formatList(splits),
      remedy: `Say which: split: '${splits[0] ?? 'train'}'.`,
    });
  }
  const where = split === undefined ? '' : ` where split_name = ${literal(split)}`;
  const { ids, counts } = namesAndCounts(
    all(
      `select cast(group_concat(hex(client_id)) as blob), cast(group_concat(num_examples) as blob) from (select client_id, num_examples from client_metadata${where} order by client_id)`,
    )[0],
  );
  const also = split === undefined ? '' : ` and split_name = ${literal(split)}`;
  const examples = (client: number): readonly ReadonlyMap<string, Feature>[] => {
    const id = ids[client] as string;
    const rows = all(
      `select serialized_example_proto from examples where client_id = ?${also} order by rowid`,
      id,
    );
    return rows.map(([bytes], row) => {
      try {
        return readExample(bytes as Buffer);
      } catch (cause) {
        throw new FileError({
          path,
          client: id,
          row: row + 1,
          need: 'must be a tf.train.Example',
          got: thrownWords(cause),
          remedy: 'Write the file anew.',
          cause,
        });
      }
    });
  };
  const first = ids.length === 0 ? [] : examples(0);
  const names = [...(first[0]?.keys() ?? [])].sort();
  return {
    format: 'SQLite of TFF',
    ids,
    counts,
    columns: new Map(names.map((name) => [name, typeOf(first.map((example) => example.get(name) ?? []))])),
    rows: (client) => {
      const all = examples(client);
      return new Map(names.map((name) => [name, all.map((example) => valueIn(example.get(name)))]));
    },
  };
}

/** A list of one value is a scalar. */
function valueIn(feature: Feature = []): unknown {
  return feature.length === 1 ? feature[0] : feature;
}

/** By the first client's examples. */
function typeOf(features: readonly Feature[]): ColumnType {
  const [first = []] = features;
  const shape = first.length === 1 ? [] : [first.length];
  const values = features.flat();
  if (values.some((value) => typeof value === 'string')) {
    return text(Math.max(1, ...values.map((value) => Buffer.byteLength(String(value)))));
  }
  return values.every((value) => Number.isInteger(value)) ? int32(...shape) : float32(...shape);
}
