// Many runs in a directory with an embedded database, on Node.
export { type SqlStoreOptions, sqlStore } from './sql/sql-store.js';
