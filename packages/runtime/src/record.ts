// The record of a run as others read it: its file, the schema of its lines, and their types; and what makes it of a
// store.

export { exportRecord, followRecord } from './kept/record-follower.js';
export { recordOfRun, runLineIn } from './kept/record-of-run.js';
export { type BestProgress, detailsOf, type RoundDetails } from './kept/round-details.js';
export { RECORD_FILE, readRecord, recordText } from './record/record-file.js';
export {
  type DoneLine,
  doneLine,
  type EarlierRoundLine,
  earlierRoundLine,
  type FailedLine,
  type FailedRoundLine,
  failedLine,
  failedRoundLine,
  type LostClients,
  type RecordLine,
  type RoundLine,
  type RunLine,
  recordLine,
  roundLine,
  runLine,
} from './record/record-line.js';
