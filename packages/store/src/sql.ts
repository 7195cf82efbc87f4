// Many runs in a directory with an embedded database, on Node; and that database for tables of others.
export { type Database, lockDatabase, openTables } from './sql/database.js';
export { type SqlStoreOptions, sqlStore } from './sql/sql-store.js';
