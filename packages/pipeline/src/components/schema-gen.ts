// SchemaGen and a schema kept in a file: what is expected of the data. The one drafts it from statistics, to be read
// and put under version control; the other is what was put there.
import { readFileSync } from 'node:fs';
import { StarlingError } from '@starling/federated-core';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { updateSchema } from '../anomalies/find-anomalies.js';
import type { Artifact } from '../artifacts/artifact.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import { inferSchema } from '../schema/infer-schema.js';
import type { Schema } from '../schema/schema.js';
import { formatSchema, parseSchema } from '../schema/schema-file.js';
import { type StatisticsNode, statisticsIn } from './statistics-gen.js';

export interface SchemaGenOptions {
  readonly name?: string;
  readonly statistics: StatisticsNode;
  /** True by default. */
  readonly inferShape?: boolean;
  /** 100 by default. */
  readonly maxStringDomainSize?: number;
}

/** Inferred from the split to learn from, and widened until the other one fits, too. */
export function schemaGen(options: SchemaGenOptions): Node<'Schema'> {
  checkOptions('Cannot infer a schema', options, {
    name: kinds.text,
    statistics: required(nodeOf('ExampleStatistics', 'statisticsGen')),
    inferShape: kinds.flag,
    maxStringDomainSize: count,
  });
  const { name = 'schema', statistics, ...inference } = options;
  return {
    kind: 'Schema',
    component: 'SchemaGen',
    name,
    inputs: { statistics },
    prepare: (_, inputs) => ({
      identity: { ...inference },
      make: async () => {
        const { train, eval: evaluation } = statisticsIn(
          inputs['statistics'] as Artifact<'ExampleStatistics'>,
        );
        return made(updateSchema(inferSchema(train, inference), evaluation));
      },
    }),
  };
}

/**
 * A schema as plain data, or the path of a `schema.json`. Throws a `StarlingError` (`bad-schema`) that names the field,
 * once it is run.
 */
export function schemaFile(
  schema: string | URL | Schema,
  options: { readonly name?: string } = {},
): Node<'Schema'> {
  checkOptions('Cannot take a schema', options, { name: kinds.text });
  const isPath = typeof schema === 'string' || schema instanceof URL;
  return {
    kind: 'Schema',
    component: 'ImportSchemaGen',
    name: options.name ?? 'schema',
    inputs: {},
    prepare: () => {
      const read = isPath
        ? parseSchema(textOfFile(schema), String(schema))
        : parseSchema(JSON.stringify(schema), 'the schema');
      return { identity: formatSchema(read), make: async () => made(read) };
    },
  };
}

function textOfFile(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    throw new StarlingError(
      'bad-schema',
      `Cannot read ${path}: need a schema.json, got ${code === 'ENOENT' ? 'no such file' : code}`,
      { cause },
    );
  }
}

function made(schema: Schema) {
  const closed = schema.features.filter(({ domain }) => domain !== undefined).length;
  return {
    files: { 'schema.json': formatSchema(schema) },
    summary: `${schema.features.length} columns, ${closed} with a domain`,
  };
}
