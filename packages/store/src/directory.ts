// One run in a directory, on Node; and what clients keep.
export {
  type DirectoryClientStatesOptions,
  directoryClientStates,
} from './clients/directory-client-states.js';
export { replaceFileIn } from './disk/replace-file-in.js';
export { type DirectoryStoreOptions, directoryStore } from './durable/directory-store.js';
