// Where runs are kept, as a caller sees it, and the store that needs nothing: loads in a browser. Further entries:
// `/directory` and `/sql` for stores on a disk, `/contract` for tests of a store, `/testing` for disks that fail.
export * from './clients/client-states.js';
export * from './clients/memory-client-states.js';
export * from './memory/memory-store.js';
export * from './runs/errors.js';
export * from './runs/history.js';
export * from './runs/journal-entry.js';
export * from './runs/run-store.js';
