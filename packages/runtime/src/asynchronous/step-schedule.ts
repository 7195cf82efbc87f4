// The steps of an asynchronous run in a simulation, one attempt after another: who is in each, and how stale. All of it
// follows from the seed and from which attempts counted, so that it is found again by going through these, and is known
// some steps ahead, as long as attempts count.
import { StarlingError } from '@starling/federated-core';
import {
  createVirtualSteps,
  type VirtualStep,
  type VirtualSteps,
  type VirtualStepsOptions,
} from '@starling/rounds';
import type { AttemptId } from '@starling/store';
import type { Step, Steps } from './steps.js';

export class StepSchedule implements Steps {
  /** Of all attempts that are over: whether each counted. */
  private readonly outcomes: boolean[] = [];
  private virtual: VirtualSteps;
  /** From the attempt at hand on, as if each of them counted. */
  private readonly coming: VirtualStep[] = [];
  /** Of the attempts that are over: the oldest version in use. */
  private readonly oldest: number[] = [];
  /** When the latest step that counts was over, on the virtual clock. */
  private beforeMs = 0;

  constructor(private readonly options: VirtualStepsOptions) {
    this.virtual = createVirtualSteps(options);
  }

  at({ round, attempt }: AttemptId): Step {
    for (;;) {
      const due = this.foreseen(0);
      if (due.step === round && due.attempt === attempt) {
        return { ...due, lost: [], tookMs: due.atMs - this.beforeMs };
      }
      if (round < due.step || (round === due.step && attempt < due.attempt)) {
        throw new StarlingError(
          'bad-run',
          `Cannot go back to attempt ${attempt} at round ${round}: attempt ${due.attempt} at round ${due.step} is due`,
        );
      }
      this.over(round > due.step);
    }
  }

  ahead(count: number): VirtualStep | null {
    try {
      return this.foreseen(count);
    } catch {
      return null; // the step that cannot come says so when it is due
    }
  }

  private foreseen(count: number): VirtualStep {
    while (this.coming.length <= count) {
      this.coming.push(this.virtual.due());
      this.virtual.over(true);
    }
    return this.coming[count]!;
  }

  versionsInUse(steps: number): readonly number[] {
    const { step, oldestVersion } = this.foreseen(0);
    const oldest = Math.min(oldestVersion, ...this.oldest.slice(-steps));
    return Array.from({ length: step - oldest }, (_, index) => oldest + index).filter((round) => round > 0);
  }

  private over(counts: boolean): void {
    const { atMs, oldestVersion } = this.foreseen(0);
    if (counts) this.beforeMs = atMs;
    this.oldest.push(oldestVersion);
    this.coming.shift();
    this.outcomes.push(counts);
    if (counts) return;
    // What was foreseen does not come.
    this.coming.length = 0;
    this.virtual = createVirtualSteps(this.options);
    for (const outcome of this.outcomes) {
      this.virtual.due();
      this.virtual.over(outcome);
    }
  }
}
