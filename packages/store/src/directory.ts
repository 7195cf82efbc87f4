// One run in a directory, on Node.
export { type DirectoryStoreOptions, directoryStore } from './durable/directory-store.js';
