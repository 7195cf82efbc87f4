// The runs of a server, from elsewhere: its HTTP interface as functions. Loads no server.
export type { Hosting } from './hosting/hosting-options.js';
export type { RunDetails, RunOverview, SeatedClient } from './hosting/run-status.js';
export {
  type FetchedState,
  type ServerRuns,
  type ServerRunsOptions,
  type SubmittedRun,
  serverRuns,
} from './remote/server-runs.js';
