// A scan that has been recorded: what its gradient needs of it.
import type { CapturedValue } from '../recording/recording.js';
import type { ScanTrace } from './scan-trace.js';
import type { SplitStep } from './split-step.js';

export interface ScanWalk {
  readonly steps: number;
  readonly reverse: boolean;
}

/** A scan that has been recorded, as its gradient needs it. */
export interface RecordedScan {
  readonly trace: ScanTrace;
  readonly walk: ScanWalk;
  readonly split: SplitStep | null;
  readonly initial: readonly CapturedValue[];
  readonly sequences: readonly CapturedValue[];
  /** Stacked along the first axis: results, then what the backward steps read. */
  readonly stacked: readonly CapturedValue[];
}
