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

/** Who is in a step, in the order of arrival. */
export function clientsOf({ reports }: VirtualStep): readonly number[] {
  return reports.map(({ client }) => client);
}

export class StepSchedule {
  /** Of all attempts that are over: whether each counted. */
  private readonly outcomes: boolean[] = [];
  private virtual: VirtualSteps;
  /** From the attempt at hand on, as if each of them counted. */
  private readonly coming: VirtualStep[] = [];
  /** Of the attempts that are over: the oldest version in use. */
  private readonly oldest: number[] = [];
  /** When the attempt before the one at hand was over, on the virtual clock. */
  private beforeMs = 0;

  constructor(private readonly options: VirtualStepsOptions) {
    this.virtual = createVirtualSteps(options);
  }

  /**
   * The attempt, once all before it are over: a later round says that the one before counted. They are asked in order.
   */
  at({ round, attempt }: AttemptId): VirtualStep {
    for (;;) {
      const due = this.ahead(0);
      if (due.step === round && due.attempt === attempt) return due;
      if (round < due.step || (round === due.step && attempt < due.attempt)) {
        throw new StarlingError(
          'bad-run',
          `Cannot go back to attempt ${attempt} at round ${round}: attempt ${due.attempt} at round ${due.step} is due`,
        );
      }
      this.over(round > due.step);
    }
  }

  /** The attempt that comes so many after the one at hand, if all until then count. */
  ahead(count: number): VirtualStep {
    while (this.coming.length <= count) {
      this.coming.push(this.virtual.due());
      this.virtual.over(true);
    }
    return this.coming[count]!;
  }

  /**
   * Rounds whose states are needed once the attempt at hand counts: clients are at work on them, or were, when one of
   * the last `steps` was over.
   */
  versionsInUse(steps: number): readonly number[] {
    const { step, oldestVersion } = this.ahead(0);
    const oldest = Math.min(oldestVersion, ...this.oldest.slice(-steps));
    return Array.from({ length: step - oldest }, (_, index) => oldest + index).filter((round) => round > 0);
  }

  /** How long the attempt at hand took on the virtual clock, milliseconds. */
  get tookMs(): number {
    return this.ahead(0).atMs - this.beforeMs;
  }

  private over(counts: boolean): void {
    this.beforeMs = this.ahead(0).atMs;
    this.oldest.push(this.ahead(0).oldestVersion);
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
