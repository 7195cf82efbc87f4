// A phase of very many clients whose work is small, on one thread: they are loaded, work, are checked and summed by the
// thousand. What comes of it has the bits of a cohort that works client by client.
import type { Engine } from '@starling/compute';
import type { Seed } from '@starling/federated-core';
import {
  type Aggregation,
  clientSeed,
  leafTypes,
  type MaybePromise,
  manyChecker,
  type Reduction,
  sizeOf,
  type UpdateChecker,
  type VectorKernels,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import {
  type ClientReport,
  clientOutcome,
  createManyWork,
  droppedReport,
  type Leaves,
  type ManyWork,
  type PlanRunner,
  rejectedReport,
} from '@starling/plan/runner';
import { createLaneSums, type LaneDone, type LaneSums } from './lane-sums.js';
import { manyUpdates } from './many-updates.js';

/** Cohorts below are not worth a session of the engine of their own. */
export const FEWEST_MANY = 64;

/** Clients, or their numbers, that are loaded before they work. */
const CLIENTS_A_PART = 4096;
const NUMBERS_A_PART = 1 << 20;

export interface ManyPhaseParts {
  readonly linked: LinkedPlan;
  readonly phase: number;
  readonly engine: Engine;
  readonly runner: Pick<PlanRunner, 'work'>;
  readonly reductions: readonly Reduction[];
  readonly check: UpdateChecker;
  readonly vectors?: VectorKernels;
}

export interface ManyRequest {
  readonly broadcast: Leaves;
  /** The round's. */
  readonly seed: Seed;
  /** How many clients there are, whole lanes and perhaps a shorter last one. */
  readonly count: number;
  nameAt(position: number): string;
  /** Gives the leaves of the plan's client input; where it throws, the client is dropped. */
  loadAt(position: number): MaybePromise<Leaves>;
}

export interface ManyPhase {
  /** Calls `done` with what each lane came to, in order; gives a report for each client. */
  run(request: ManyRequest, done: LaneDone): Promise<readonly ClientReport[]>;
}

/** `null` where clients work one by one: the plan, the engine or a graph asks for it. */
export async function createManyPhase(parts: ManyPhaseParts): Promise<ManyPhase | null> {
  const { linked, phase, engine, reductions, vectors } = parts;
  const work = await createManyWork(linked, phase, engine);
  if ('reason' in work) return null;
  const { aggregations } = linked.plan.phases[phase]!;
  const check = manyChecker(aggregations, reductions, vectors);
  return {
    async run(request, done) {
      const sums = createLaneSums(aggregations, reductions, linked.plan.laneSize, done);
      const reports: ClientReport[] = [];
      for (let start = 0; start < request.count; ) {
        start = await runPart(
          { ...parts, work, manyCheck: check, aggregations, sums, reports },
          request,
          start,
        );
      }
      await sums.end();
      return reports;
    },
  };
}

interface PartTools extends ManyPhaseParts {
  readonly work: ManyWork;
  readonly manyCheck: ReturnType<typeof manyChecker>;
  readonly aggregations: readonly Aggregation<string>[];
  readonly sums: LaneSums;
  /** One is added for each client. */
  readonly reports: ClientReport[];
}

/** Takes the clients from `start` on that are loaded at once; gives the position behind them. */
async function runPart(tools: PartTools, request: ManyRequest, start: number): Promise<number> {
  const { work, aggregations, manyCheck, sums, reports } = tools;
  const { broadcast, nameAt } = request;
  const { clients, positions, lost, end } = await loadPart(request, start);
  const forms = aggregations.flatMap(({ update }) => leafTypes(update)) as UpdateForms;
  const updates = await manyUpdates(work, broadcast, clients, forms, (at, input) =>
    workAlone(tools, request, nameAt(start + positions[at]!), input),
  );
  const refusals = clients.length === 0 ? null : manyCheck(updates.columns, clients.length);
  const isWhole = lost.size === 0 && updates.lost.size === 0 && refusals === null;
  if (isWhole) {
    for (let position = start; position < end; position++) {
      reports.push({ client: nameAt(position), status: 'accepted' });
    }
    await sums.add(updates.columns, null, clients.length);
    return end;
  }
  const rows = new Int32Array(end - start).fill(-1);
  for (const [row, at] of positions.entries()) {
    const refusal = refusals?.[row] ?? null;
    const own = updates.lost.get(row) ?? (refusal && rejectedReport(nameAt(start + at), refusal));
    if (own === null) rows[at] = row;
    else lost.set(at, own);
  }
  for (let at = 0; at < end - start; at++) {
    reports.push(lost.get(at) ?? { client: nameAt(start + at), status: 'accepted' });
  }
  await sums.add(updates.columns, rows, end - start);
  return end;
}

type UpdateForms = Parameters<typeof manyUpdates>[3];

interface LoadedPart {
  /** Those whose data is there, and where in the part they stand. */
  readonly clients: readonly Leaves[];
  readonly positions: readonly number[];
  /** What becomes of the others. */
  readonly lost: Map<number, ClientReport>;
  readonly end: number;
}

async function loadPart({ count, loadAt, nameAt }: ManyRequest, start: number): Promise<LoadedPart> {
  const clients: Leaves[] = [];
  const positions: number[] = [];
  const lost = new Map<number, ClientReport>();
  let end = start;
  for (let numbers = 0; end < count && end - start < CLIENTS_A_PART && numbers < NUMBERS_A_PART; end++) {
    try {
      const given = loadAt(end);
      const leaves = given instanceof Promise ? await given : given;
      for (const leaf of leaves) numbers += sizeOf(leaf.shape);
      clients.push(leaves);
      positions.push(end - start);
    } catch (error) {
      lost.set(end - start, droppedReport(nameAt(end), 'load-failed', error));
    }
  }
  return { clients, positions, lost, end };
}

/** As in a lane of single clients; its data is loaded. */
async function workAlone(
  { runner, phase, check }: ManyPhaseParts,
  { broadcast, seed }: ManyRequest,
  client: string,
  input: Leaves,
): Promise<Leaves | ClientReport> {
  const working = (given: Leaves) => runner.work(phase, broadcast, given, clientSeed(seed, client));
  const { update, report } = await clientOutcome(client, () => input, working, check);
  return update ?? report;
}
