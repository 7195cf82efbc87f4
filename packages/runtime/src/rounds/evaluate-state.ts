// Evaluates the state of a run in the rounds that are due: at the server, or on clients by the session of the run.
import type { Engine } from '@starling/compute';
import {
  deriveSeed,
  type HostValue,
  inspectPlan,
  type LocalRunner,
  type Seed,
  toHost,
  type Value,
} from '@starling/federated-core';
import {
  copyTensor,
  ignoreRejections,
  isPlain,
  isTensor,
  roundSeed,
  unflatten,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import { createPlanRunner, type Leaves, type PlanRunner } from '@starling/plan/runner';
import { checkCohort, everyoneSampler, type Population } from '@starling/population';
import type { RoundReport } from '../record/lost-clients.js';
import { serverRows } from '../rows/server-rows.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { slipIn } from '../runtime/slips.js';
import { serverVectors } from '../simd/server-vectors.js';
import type { CompiledEvaluation } from './compile-evaluation.js';
import type { CompiledRun } from './compile-run.js';
import { checkEvaluated, checkFinished } from './evaluated-value.js';
import { type ClientsEvaluation, type Evaluation, isOfClients, type ServerEvaluation } from './evaluation.js';
import { type RoundStates, runRound } from './run-round.js';
import { sampleCohort } from './sample-cohort.js';

export interface Evaluated {
  readonly value: HostValue;
  /** What became of the clients that were asked, in cohort order; none at the server. */
  readonly reports: readonly RoundReport[];
  /** Names of the clients that are in the value, in cohort order, if it is revealing; else `null`. */
  readonly clients: readonly string[] | null;
}

export interface StateEvaluator {
  /** Throws what the evaluation throws; on clients, as `runRound` does. */
  evaluate(
    session: RuntimeSession,
    round: number,
    state: Leaves,
    /** What clients keep; `null` if they keep nothing. */
    states: RoundStates | null,
    onReports: (reports: readonly RoundReport[]) => void,
  ): Promise<Evaluated>;
  /** Releases graphs. */
  dispose(): Promise<void>;
}

/** `compiled`: of an evaluation on clients. `population`: all clients of the session (`allClients`). */
export async function createStateEvaluator(
  run: CompiledRun,
  evaluation: Evaluation,
  compiled: CompiledEvaluation | null,
  given: { readonly engine: Engine; readonly seed: Seed; readonly population: Population },
): Promise<StateEvaluator> {
  return isOfClients(evaluation)
    ? onClients(run, evaluation, compiled!, given)
    : atServer(run, evaluation, await localRunnerOn(given.engine));
}

function atServer(
  { stateType }: CompiledRun,
  evaluation: ServerEvaluation,
  local: LocalRunner,
): StateEvaluator {
  return {
    async evaluate(_session, round, state) {
      // Copied: what the user's code writes to would be the next round's weights.
      const own = unflatten(stateType!, state.map(copyTensor));
      const value = await evaluatedBy(evaluation, own, round, local);
      return { value, reports: [], clients: null };
    },
    async dispose() {},
  };
}

/** What the evaluation gives of a state, once it is known to be plain values; slips in its code get words. */
async function evaluatedBy(
  evaluation: ServerEvaluation,
  state: Value,
  round: number,
  local: LocalRunner,
): Promise<HostValue> {
  let value: unknown;
  try {
    value = ignoreRejections(await evaluation.run(state, round, local));
  } catch (cause) {
    throw slipIn(cause, `Cannot evaluate round ${round} by evaluation.run`, fieldsOf(state));
  }
  checkEvaluated(round, value);
  return value;
}

/** What a state is read by. */
function fieldsOf(state: Value): readonly string[] {
  return isPlain(state) && !isTensor(state) ? Object.keys(state).map((name) => `state.${name}`) : ['state'];
}

async function onClients(
  { plan: rounds }: CompiledRun,
  evaluation: ClientsEvaluation,
  { plan, serverInput }: CompiledEvaluation,
  { engine, seed, population }: { engine: Engine; seed: Seed; population: Population },
): Promise<StateEvaluator> {
  const { population: asked, sampler = everyoneSampler(), minReports = 1 } = evaluation;
  const server: PlanRunner = await createPlanRunner(
    plan,
    engine,
    ['server', 'aggregation'],
    serverVectors(),
    serverRows(),
  );
  const ownSeed = deriveSeed(seed, 'evaluation');
  const { revealing } = inspectPlan(plan.plan);
  const size = (asked ?? population).size;
  const first = asked === undefined ? 0 : population.size - size;
  return {
    async evaluate(session, round, state, states, onReports) {
      const drawn = sampleCohort({ sampler, population: asked ?? population }, ownSeed, round);
      checkCohort(drawn, asked ?? population);
      const { result, reports } = await runRound({
        plan,
        server,
        session: laterPhases(session, rounds.plan.phases.length),
        round,
        action: `evaluate round ${round}`,
        seed: roundSeed(ownSeed, round),
        population,
        cohort: drawn.map((client) => first + client),
        serverInput: serverInput(state),
        ...(states !== null && plan.plan.clientState !== undefined && { states }),
        minReports,
        onReports,
      });
      const counted = reports.filter(({ status }) => status === 'accepted').map(({ client }) => client);
      return {
        value: finished(evaluation, hostOf(plan, result), round),
        reports,
        clients: revealing ? counted : null,
      };
    },
    dispose: () => server.dispose(),
  };
}

/** The session of a joined plan, for phases that stand after the first `count` there. */
function laterPhases(session: RuntimeSession, count: number): RuntimeSession {
  return {
    runPhase: (request) => session.runPhase({ ...request, phase: request.phase + count, isEvaluation: true }),
    close: (isOver) => session.close(isOver),
  };
}

/** What is recorded of what clients found; slips in the user's code get words. */
function finished(evaluation: ClientsEvaluation, result: HostValue, round: number): HostValue {
  if (evaluation.finish === undefined) return result;
  let value: unknown;
  try {
    value = ignoreRejections(evaluation.finish(result));
  } catch (cause) {
    throw slipIn(cause, `Cannot evaluate round ${round} by evaluation.finish`, fieldsOf(result as Value));
  }
  checkFinished(round, value);
  return value;
}

/** Copied: it is for the user to keep. */
function hostOf({ plan: { result } }: LinkedPlan, leaves: Leaves): HostValue {
  return toHost(result, unflatten(result, leaves.map(copyTensor)));
}

/** Lowering is loaded only where something is evaluated: plans come lowered. */
async function localRunnerOn(engine: Engine): Promise<LocalRunner> {
  const { localRunner } = await import('@starling/compute');
  return localRunner(engine);
}
