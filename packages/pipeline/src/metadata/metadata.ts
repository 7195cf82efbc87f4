// What has been run, on what, and what came of it: executions and artifacts with the events between them, in an
// embedded database. A node that is done is one transaction, so that a run that was killed is found as far as it had
// come.
import { openTables } from '@starling/store/sql';
import type { Property } from '../artifacts/artifact.js';
import {
  executionOf,
  propertiesOf,
  type RawExecution,
  type RawRun,
  runName,
  transaction,
} from './read-rows.js';
import type { DoneNode, ExecutionRow, Metadata, NodeState, RunRow, RunState } from './rows.js';
import { ARTIFACT, EVENT, EXECUTION, STATEMENTS, TYPE_KIND } from './tables.js';

/** Opens or makes the file. `clock`: milliseconds since 1970. */
export function openMetadata(path: string, clock: () => number): Metadata {
  const database = openTables(path, STATEMENTS);
  const all = <T>(sql: string, ...values: unknown[]): readonly T[] =>
    database.prepare(sql).all(...(values as never[])) as T[];
  const write = (sql: string, ...values: unknown[]): number =>
    Number(database.prepare(sql).run(...(values as never[])).lastInsertRowid);
  const typeId = (kind: keyof typeof TYPE_KIND, name: string): number => {
    const [found] = all<{ id: number }>(
      'select id from Type where type_kind = ? and name = ?',
      TYPE_KIND[kind],
      name,
    );
    return found?.id ?? write('insert into Type (name, type_kind) values (?, ?)', name, TYPE_KIND[kind]);
  };
  const setProperty = (
    table: 'Artifact' | 'Execution' | 'Context',
    id: number,
    name: string,
    value: Property,
  ): void => {
    const column =
      typeof value === 'string' ? 'string_value' : Number.isInteger(value) ? 'int_value' : 'double_value';
    write(
      `insert or replace into ${table}Property (${table.toLowerCase()}_id, name, is_custom_property, ${column}) values (?, ?, 1, ?)`,
      id,
      name,
      value,
    );
  };
  const contextOf = (type: string, name: string): number => {
    const id = typeId('context', type);
    const [found] = all<{ id: number }>('select id from Context where type_id = ? and name = ?', id, name);
    const now = clock();
    return (
      found?.id ??
      write(
        'insert into Context (type_id, name, create_time_since_epoch, last_update_time_since_epoch) values (?, ?, ?, ?)',
        id,
        name,
        now,
        now,
      )
    );
  };
  const artifactOf = (id: string, make: DoneNode['output'] | null): number => {
    const [found] = all<{ id: number }>('select id from Artifact where external_id = ?', id);
    if (found !== undefined || make === null) return found?.id ?? 0;
    const now = clock();
    const row = write(
      'insert into Artifact (type_id, uri, state, external_id, create_time_since_epoch, last_update_time_since_epoch) values (?, ?, ?, ?, ?, ?)',
      typeId('artifact', make.kind),
      make.uri,
      ARTIFACT.LIVE,
      id,
      now,
      now,
    );
    for (const [name, value] of Object.entries(make.properties)) setProperty('Artifact', row, name, value);
    setProperty('Artifact', row, 'blessed', make.isRefused ? 0 : 1);
    return row;
  };
  const event = (artifact: number, execution: number, type: number, path: string): void => {
    const id = write(
      'insert or ignore into Event (artifact_id, execution_id, type, milliseconds_since_epoch) values (?, ?, ?, ?)',
      artifact,
      execution,
      type,
      clock(),
    );
    write('insert into EventPath (event_id, is_index_step, step_key) values (?, 0, ?)', id, path);
  };
  const record = (
    node: Omit<ExecutionRow, 'state' | 'output'> & { readonly pipeline: string; readonly state: NodeState },
    output: DoneNode['output'] | null,
  ): void => {
    const states = { complete: EXECUTION.COMPLETE, cached: EXECUTION.CACHED, failed: EXECUTION.FAILED };
    const now = clock();
    const execution = write(
      'insert into Execution (type_id, last_known_state, create_time_since_epoch, last_update_time_since_epoch) values (?, ?, ?, ?)',
      typeId('execution', node.component),
      states[node.state],
      now - Math.round(node.wallMs),
      now,
    );
    for (const [name, value] of Object.entries({
      node: node.node,
      key: node.key,
      wallMs: node.wallMs,
      ...(node.error !== null && { error: node.error }),
    })) {
      setProperty('Execution', execution, name, value);
    }
    const contexts = [
      contextOf('pipeline', node.pipeline),
      contextOf('pipeline_run', runName(node.run)),
      contextOf('node', `${node.pipeline}.${node.node}`),
      ...(node.state === 'complete' ? [contextOf('execution_cache', node.key)] : []),
    ];
    for (const context of contexts)
      write('insert or ignore into Association (context_id, execution_id) values (?, ?)', context, execution);
    for (const [name, id] of Object.entries(node.inputs))
      event(artifactOf(id, null), execution, EVENT.INPUT, name);
    if (output === null) return;
    const artifact = artifactOf(output.id, output);
    event(artifact, execution, EVENT.OUTPUT, 'output');
    for (const context of contexts)
      write('insert or ignore into Attribution (context_id, artifact_id) values (?, ?)', context, artifact);
  };
  const runOf = (row: RawRun): RunRow => {
    const values = propertiesOf(database, 'Context', row.id);
    return {
      run: Number(row.name.slice(4)),
      pipeline: String(values['pipeline']),
      state: values['state'] as RunState,
      asOf: Number(values['asOf']),
      startedMs: row.startedMs,
    };
  };
  const rawRuns = (): readonly RawRun[] =>
    all(
      'select id, name, create_time_since_epoch as startedMs from Context where type_id = ? order by id',
      typeId('context', 'pipeline_run'),
    );

  return {
    begin: (pipeline, key) =>
      transaction(database, () => {
        const before = rawRuns()
          .map((raw) => ({ raw, values: propertiesOf(database, 'Context', raw.id) }))
          .findLast(({ values }) => values['pipeline'] === pipeline);
        const isOpen = before?.values['state'] === 'running' || before?.values['state'] === 'failed';
        if (before !== undefined && isOpen && before.values['key'] === key) {
          setProperty('Context', before.raw.id, 'state', 'running');
          return runOf(before.raw);
        }
        const [{ last }] = all<{ last: number }>('select coalesce(max(id), 0) as last from Artifact') as [
          { last: number },
        ];
        const run = rawRuns().length + 1;
        const id = contextOf('pipeline_run', runName(run));
        const values = { pipeline, key, state: 'running', asOf: last };
        for (const [name, value] of Object.entries(values)) setProperty('Context', id, name, value);
        write(
          'insert or ignore into ParentContext (context_id, parent_context_id) values (?, ?)',
          id,
          contextOf('pipeline', pipeline),
        );
        return runOf(rawRuns().find((raw) => raw.id === id) as RawRun);
      }),
    end: (run, state) => setProperty('Context', contextOf('pipeline_run', runName(run)), 'state', state),
    cached: (key) =>
      all<{ id: string }>(
        `select Artifact.external_id as id from Context join Association on Association.context_id = Context.id
         join Event on Event.execution_id = Association.execution_id and Event.type = ${EVENT.OUTPUT}
         join Artifact on Artifact.id = Event.artifact_id and Artifact.state = ${ARTIFACT.LIVE}
         where Context.type_id = ? and Context.name = ? order by Event.id desc`,
        typeId('context', 'execution_cache'),
        key,
      ).map(({ id }) => id),
    done: ({ output, ...node }) => transaction(database, () => record({ ...node, error: null }, output)),
    failed: (node) => transaction(database, () => record({ ...node, state: 'failed' }, null)),
    runs: () => rawRuns().map(runOf),
    executions: (run) => {
      const context = contextOf('pipeline_run', runName(run));
      const rows = all<RawExecution>(
        `select Execution.id as id, Type.name as component, last_known_state as state from Association
         join Execution on Execution.id = Association.execution_id join Type on Type.id = Execution.type_id
         where Association.context_id = ? order by Execution.id`,
        context,
      );
      return rows.map((row) => executionOf(database, run, row));
    },
    outputs: (pipeline, kind, asOf) => {
      const rows = all<RawExecution & { readonly artifact: number; readonly artifactId: string }>(
        `select Execution.id as id, '' as component, last_known_state as state, Artifact.id as artifact, Artifact.external_id as artifactId
         from Artifact join Event on Event.artifact_id = Artifact.id and Event.type = ${EVENT.OUTPUT}
         join Execution on Execution.id = Event.execution_id and Execution.last_known_state = ${EXECUTION.COMPLETE}
         join Association on Association.execution_id = Execution.id
         where Association.context_id = ? and Artifact.type_id = ? and Artifact.id <= ? and Artifact.state = ${ARTIFACT.LIVE} order by Artifact.id desc`,
        contextOf('pipeline', pipeline),
        typeId('artifact', kind),
        asOf,
      );
      return rows.map((row) => {
        const { node, inputs } = executionOf(database, 0, row);
        return {
          id: row.artifactId,
          node,
          isRefused: propertiesOf(database, 'Artifact', row.artifact)['blessed'] === 0,
          inputs,
        };
      });
    },
    close: () => database.close(),
  };
}
