// A run as bytes, for who submits it to a server, and for the server that runs it.
export { readSubmission, type Submission } from './submission/read-submission.js';
export type { SubmissionFacts } from './submission/submission-schema.js';
export {
  CODE_OF_RUN,
  type CodeOfRun,
  type SubmissionOptions,
  writeSubmission,
} from './submission/write-submission.js';
