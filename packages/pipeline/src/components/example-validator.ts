// ExampleValidator: refuses data that does not fit its schema, or has drifted from the span before. What it refuses
// goes nowhere: a transformer takes no examples without its artifact.
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import { findAnomalies, findDistances, updateSchema } from '../anomalies/find-anomalies.js';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { SPLITS } from '../examples/example-population.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import type { Comparator, Schema, SchemaFeature } from '../schema/schema.js';
import { formatSchema, parseSchema } from '../schema/schema-file.js';
import { type StatisticsBySplit, type StatisticsNode, statisticsIn } from './statistics-gen.js';

export interface ExampleValidatorOptions {
  readonly name?: string;
  readonly statistics: StatisticsNode;
  readonly schema: Node<'Schema'>;
  /** Limits to the span before, by column; those of the schema besides. */
  readonly drift?: Readonly<Record<string, Comparator>>;
  /** Limits to the statistics of what the model is asked about. */
  readonly skew?: { readonly serving: StatisticsNode; readonly limits: Readonly<Record<string, Comparator>> };
  /** Such as `TRAINING`, if the schema names environments. */
  readonly environment?: string;
}

/** `anomalies.json`. */
export interface AnomaliesFile {
  readonly anomalies: readonly FoundAnomaly[];
  readonly distances: readonly FoundDistance[];
  /** The span that was compared with; null if there was none. */
  readonly previousSpan: string | null;
  /** The artifact of its statistics. */
  readonly previousStatistics: string | null;
}

export interface FoundAnomaly {
  readonly split: string;
  readonly feature: string | null;
  readonly type: string;
  readonly description: string;
}

export interface FoundDistance {
  readonly split: string;
  readonly feature: string;
  readonly kind: 'drift' | 'skew';
  readonly name: string;
  readonly value: number | null;
  readonly limit: number;
}

export function exampleValidator(options: ExampleValidatorOptions): Node<'ExampleAnomalies'> {
  checkOptions('Cannot validate examples', options, {
    name: kinds.text,
    statistics: required(nodeOf('ExampleStatistics', 'statisticsGen')),
    schema: required(nodeOf('Schema', 'schemaGen')),
    drift: kinds.record,
    skew: kinds.record,
    environment: kinds.text,
  });
  const { name = 'validator', statistics, schema, drift = {}, skew, environment = null } = options;
  requireColumns('drift', drift, statistics);
  requireColumns('skew.limits', skew?.limits ?? {}, statistics);
  return {
    kind: 'ExampleAnomalies',
    component: 'ExampleValidator',
    name,
    inputs: { statistics, schema, ...(skew !== undefined && { serving: skew.serving }) },
    prepare: (context, inputs) => {
      const previous = context.history.latestStatistics(statistics.name, statistics.span);
      return {
        identity: { drift: drift as never, skew: (skew?.limits ?? null) as never, environment },
        earlier: { previous },
        make: async () => {
          const found = statisticsIn(inputs['statistics'] as Artifact<'ExampleStatistics'>);
          const before = previous === null ? null : statisticsIn(previous);
          const serving =
            inputs['serving'] === undefined
              ? null
              : statisticsIn(inputs['serving'] as Artifact<'ExampleStatistics'>);
          const expected = withLimits(
            parseSchema(canonical(jsonOf(inputs['schema'] as Artifact, 'schema.json'))),
            drift,
            skew?.limits ?? {},
          );
          const file = examine(found, expected, { before, serving, environment });
          const previousSpan = before === null ? null : String(previous?.properties['span']);
          const refused = file.anomalies.map(
            ({ split, feature, type, description }) =>
              `${feature ?? 'examples'} (${split}): ${description} [${type}]`,
          );
          return {
            files: {
              'anomalies.json': canonical(
                { ...file, previousSpan, previousStatistics: previous?.id ?? null },
                1,
              ),
              ...(refused.length > 0 && {
                'proposed-schema.json': formatSchema(
                  proposal(expected, found, { before, serving, environment }),
                ),
              }),
            },
            refused,
            summary:
              refused.length === 0 ? `no anomalies${nearest(file.distances)}` : `${refused.length} anomalies`,
          };
        },
      };
    },
  };
}

/** A limit of a column that is not there would hold for ever. */
function requireColumns(
  option: string,
  limits: Readonly<Record<string, Comparator>>,
  { columns }: StatisticsNode,
): void {
  const strange = Object.keys(limits).find((name) => !Object.hasOwn(columns, name));
  if (strange === undefined) return;
  throw optionError(
    `Cannot validate examples: ${option} must name columns among ${Object.keys(columns).join(', ')}, got '${strange}'`,
  );
}

interface Compared {
  readonly before: StatisticsBySplit | null;
  readonly serving: StatisticsBySplit | null;
  readonly environment: string | null;
}

function examine(
  found: StatisticsBySplit,
  schema: Schema,
  { before, serving, environment }: Compared,
): Pick<AnomaliesFile, 'anomalies' | 'distances'> {
  const each = SPLITS.map((split) => {
    const options = { previous: before?.[split] ?? null, serving: serving?.[split] ?? null, environment };
    return {
      anomalies: findAnomalies(found[split], schema, options).map(({ feature, type, description }) => ({
        split,
        feature,
        type,
        description,
      })),
      distances: findDistances(found[split], schema, options).map((distance) => ({ split, ...distance })),
    };
  });
  return {
    anomalies: each.flatMap(({ anomalies }) => anomalies),
    distances: each.flatMap(({ distances }) => distances),
  };
}

/** What the schema would have to be for this data to pass. */
function proposal(
  schema: Schema,
  found: StatisticsBySplit,
  { before, serving, environment }: Compared,
): Schema {
  return SPLITS.reduce(
    (changed, split) =>
      updateSchema(changed, found[split], {
        previous: before?.[split] ?? null,
        serving: serving?.[split] ?? null,
        environment,
      }),
    schema,
  );
}

function withLimits(
  schema: Schema,
  drift: Readonly<Record<string, Comparator>>,
  skew: Readonly<Record<string, Comparator>>,
): Schema {
  const limited = schema.features.map((feature: SchemaFeature) => {
    const [ownDrift, ownSkew] = [drift[feature.name ?? ''], skew[feature.name ?? '']];
    return {
      ...feature,
      ...(ownDrift !== undefined && { drift: { ...feature.drift, ...ownDrift } }),
      ...(ownSkew !== undefined && { skew: { ...feature.skew, ...ownSkew } }),
    };
  });
  return { ...schema, features: limited };
}

/** The distance that is nearest to its limit. */
function nearest(distances: readonly FoundDistance[]): string {
  const known = distances.filter((one): one is FoundDistance & { value: number } => one.value !== null);
  const [first] = known.sort((left, right) => right.value / right.limit - left.value / left.limit);
  return first === undefined
    ? ''
    : `; ${first.feature}: ${first.name} ${first.value.toPrecision(2)} (limit ${first.limit})`;
}
