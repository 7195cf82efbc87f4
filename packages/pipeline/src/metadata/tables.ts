// The tables of ML Metadata (google/ml-metadata, SQLite schema version 10), with its numbers for states, so that
// queries of lineage carry over.

/** `ArtifactState`. */
export const ARTIFACT = { LIVE: 2, DELETED: 4 } as const;
/** `Execution.State`. */
export const EXECUTION = { RUNNING: 2, COMPLETE: 3, FAILED: 4, CACHED: 5, CANCELED: 6 } as const;
/** `Event.Type`. */
export const EVENT = { INPUT: 3, OUTPUT: 4 } as const;
/** `TypeKind`. */
export const TYPE_KIND = { execution: 0, artifact: 1, context: 2 } as const;

const times =
  'create_time_since_epoch int not null default 0, last_update_time_since_epoch int not null default 0';
const value =
  'is_custom_property tinyint(1) not null, int_value int, double_value double, string_value text, byte_value blob, proto_value blob, bool_value boolean';

export const STATEMENTS: readonly string[] = [
  'create table if not exists Type (id integer primary key autoincrement, name varchar(255) not null, version varchar(255), type_kind tinyint(1) not null, description text, input_type text, output_type text, external_id varchar(255) unique)',
  'create table if not exists ParentType (type_id int not null, parent_type_id int not null, primary key (type_id, parent_type_id))',
  'create table if not exists TypeProperty (type_id int not null, name varchar(255) not null, data_type int, primary key (type_id, name))',
  `create table if not exists Artifact (id integer primary key autoincrement, type_id int not null, uri text, state int, name varchar(255), external_id varchar(255) unique, ${times}, unique (type_id, name))`,
  `create table if not exists ArtifactProperty (artifact_id int not null, name varchar(255) not null, ${value}, primary key (artifact_id, name, is_custom_property))`,
  `create table if not exists Execution (id integer primary key autoincrement, type_id int not null, last_known_state int, name varchar(255), external_id varchar(255) unique, ${times}, unique (type_id, name))`,
  `create table if not exists ExecutionProperty (execution_id int not null, name varchar(255) not null, ${value}, primary key (execution_id, name, is_custom_property))`,
  `create table if not exists Context (id integer primary key autoincrement, type_id int not null, name varchar(255) not null, external_id varchar(255) unique, ${times}, unique (type_id, name))`,
  `create table if not exists ContextProperty (context_id int not null, name varchar(255) not null, ${value}, primary key (context_id, name, is_custom_property))`,
  'create table if not exists ParentContext (context_id int not null, parent_context_id int not null, primary key (context_id, parent_context_id))',
  'create table if not exists Event (id integer primary key autoincrement, artifact_id int not null, execution_id int not null, type int not null, milliseconds_since_epoch int, unique (artifact_id, execution_id, type))',
  'create table if not exists EventPath (event_id int not null, is_index_step tinyint(1) not null, step_index int, step_key text)',
  'create table if not exists Association (id integer primary key autoincrement, context_id int not null, execution_id int not null, unique (context_id, execution_id))',
  'create table if not exists Attribution (id integer primary key autoincrement, context_id int not null, artifact_id int not null, unique (context_id, artifact_id))',
  'create table if not exists MLMDEnv (schema_version integer primary key)',
  'insert or ignore into MLMDEnv (schema_version) values (10)',
];
