// Which version of its state each client of a run has: a version is named by what made it, so that the server knows
// them all, and has seen none. Only a commit makes one count; what came of an attempt that failed is never asked for.
import { type Seed, StarlingError, type Tensor } from '@starling/federated-core';
import { type CohortSlices, clientSeed, slicesAt } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import { sha256Hex, stateHash } from '@starling/plan/safetensors';
import type { CountedVersions, KeptCommit } from '@starling/store';
import type { RoundReport } from '../record/lost-clients.js';

/** The versions of an attempt at a round, until it counts. */
export interface AttemptVersions {
  /** Called with each phase, in order, before it is asked: its broadcast and slices are part of a version's name. */
  asked(phase: number, broadcast: readonly Tensor[], slices: readonly CohortSlices[]): void;
  /** The version that a client reads: of one that has begun anew, none. */
  baseOf(client: string): string | null;
  /** That a client has lost its version, and has begun anew. */
  restarted(client: string): void;
  /** Names the version that a client makes of `base`, standing at `position` in the phase that was asked last. */
  nextOf(client: string, position: number, base: string | null): string;
}

/** Before the first round. */
const NO_CHAIN = '';

export class ClientVersions {
  private readonly latest = new Map<string, string>();
  private chain = NO_CHAIN;

  constructor(private readonly run: string) {}

  /** As of the rounds of a history that count. */
  static after(run: string, commits: readonly KeptCommit[]): ClientVersions {
    const versions = new ClientVersions(run);
    for (const { counted, clientVersions } of commits) {
      if (clientVersions !== undefined) versions.count(counted, clientVersions);
    }
    return versions;
  }

  baseOf(client: string): string | null {
    return this.latest.get(client) ?? null;
  }

  /** Makes the versions of a round that counts those of its clients. */
  count(counted: readonly string[], { ids, chain }: CountedVersions): void {
    for (const [index, client] of counted.entries()) this.latest.set(client, ids[index]!);
    this.chain = chain;
  }

  attempt(
    { plan }: LinkedPlan,
    { round, attempt, seed }: { readonly round: number; readonly attempt: number; readonly seed: Seed },
  ): AttemptVersions & { counted(reports: readonly RoundReport[]): CountedVersions } {
    const anew = new Set<string>();
    const ids = new Map<string, string>();
    const broadcasts: string[] = [];
    let sliced: readonly CohortSlices[] = [];
    const selections = () => plan.phases[broadcasts.length - 1]!.selections;
    const baseOf = (client: string): string | null => (anew.has(client) ? null : this.baseOf(client));
    return {
      asked(phase, broadcast, slices) {
        broadcasts.length = phase;
        broadcasts.push(stateHash(broadcast));
        sliced = slices;
      },
      baseOf,
      restarted: (client) => void anew.add(client),
      nextOf: (client, position, base) => {
        const slices = sliced.length === 0 ? '' : stateHash(slicesAt(selections(), sliced, position));
        const own = clientSeed(seed, client);
        const made = [this.run, round, attempt, client, base ?? '', ...broadcasts, slices, ...own];
        const id = sha256Hex(new TextEncoder().encode(JSON.stringify(made)));
        ids.set(`${base ?? ''} ${client}`, id);
        return id;
      },
      counted: (reports) => {
        const accepted = reports.filter(({ status }) => status === 'accepted').map(({ client }) => client);
        const of = accepted.map((client) => ids.get(`${baseOf(client) ?? ''} ${client}`) ?? missing(client));
        const chain = sha256Hex(new TextEncoder().encode([this.chain, ...of].join(' ')));
        const restarted = accepted.filter((client) => anew.has(client));
        return { ids: of, chain, ...(restarted.length > 0 && { restarted }) };
      },
    };
  }
}

function missing(client: string): never {
  throw new StarlingError(
    'bad-run',
    `Cannot count a round: need the new state of ${client}, and the runtime has asked for no version of it. It must do as the states of a phase say (PhaseStates)`,
  );
}
