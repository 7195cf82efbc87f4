// The steps of an asynchronous run as its journal has them: for a replay of a run whose reports came from elsewhere.
import type { LostClient } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';
import type { AttemptId } from '@starling/store';
import type { FlightNote, Step, Steps } from './steps.js';

/** What a round that counts keeps of its reports, in the order of their arrival. */
export interface RecordedStep {
  readonly round: number;
  readonly arrivals: readonly FlightNote[];
  /** Who brought nothing. */
  readonly lost: readonly LostClient[];
}

export class RecordedSteps implements Steps {
  private readonly byRound = new Map<number, Step>();

  constructor(steps: readonly RecordedStep[], population: Pick<Population, 'size' | 'clientId'>) {
    const indices = new Map<string, number>();
    for (let index = 0; index < population.size; index++) indices.set(population.clientId(index), index);
    let number = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { round, arrivals, lost: missing } of [...steps].reverse()) {
      const reports = arrivals.map(({ client, version, attempt }) => ({
        number: ++number,
        client: indices.get(client) ?? -1, // which is no client: the cohort is refused
        version,
        attempt,
        staleness: round - 1 - version,
      }));
      const lost = missing.map(({ client, status, code }) => ({
        client: indices.get(client) ?? -1,
        report: { client, status, code, reason: 'as it was when the run was kept' },
      }));
      this.byRound.set(round, { reports, refused: [], lost, oldestVersion: oldest, tookMs: 0 });
      oldest = Math.min(oldest, ...reports.map(({ version }) => version));
    }
  }

  at({ round }: AttemptId): Step | null {
    return this.byRound.get(round) ?? null;
  }

  ahead(): null {
    return null;
  }

  versionsInUse(): readonly number[] {
    return [];
  }
}
