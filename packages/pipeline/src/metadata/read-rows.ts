// Rows of ML Metadata's tables as plain data.
import type { Database } from '@starling/store/sql';
import type { Property } from '../artifacts/artifact.js';
import type { ExecutionRow } from './rows.js';
import { EVENT, EXECUTION } from './tables.js';

export interface RawRun {
  readonly id: number;
  readonly name: string;
  readonly startedMs: number;
}

export interface RawExecution {
  readonly id: number;
  readonly component: string;
  readonly state: number;
}

export const runName = (run: number): string => `run-${run}`;

export function executionOf(
  database: Database,
  run: number,
  { id, component, state }: RawExecution,
): ExecutionRow {
  const values = propertiesOf(database, 'Execution', id);
  const events = database
    .prepare(
      'select Event.type as type, EventPath.step_key as path, Artifact.external_id as artifact from Event join Artifact on Artifact.id = Event.artifact_id left join EventPath on EventPath.event_id = Event.id where Event.execution_id = ? order by Event.id',
    )
    .all(id as never) as { readonly type: number; readonly path: string; readonly artifact: string }[];
  const inputs = events
    .filter(({ type }) => type === EVENT.INPUT)
    .map(({ path, artifact }) => [path, artifact] as const);
  return {
    run,
    node: String(values['node']),
    component,
    state: state === EXECUTION.CACHED ? 'cached' : state === EXECUTION.FAILED ? 'failed' : 'complete',
    key: String(values['key']),
    inputs: Object.fromEntries(inputs),
    output: events.find(({ type }) => type === EVENT.OUTPUT)?.artifact ?? null,
    error: values['error'] === undefined ? null : String(values['error']),
    wallMs: Number(values['wallMs']),
  };
}

export function propertiesOf(
  database: Database,
  table: 'Artifact' | 'Execution' | 'Context',
  id: number,
): Readonly<Record<string, Property>> {
  const rows = database
    .prepare(
      `select name, coalesce(string_value, int_value, double_value) as value from ${table}Property where ${table.toLowerCase()}_id = ?`,
    )
    .all(id as never) as { readonly name: string; readonly value: Property }[];
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

export function transaction<T>(database: Database, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
