// What `runRounds` is given, checked before anything of the run begins. Each option of a run has its line here.
import {
  type Check,
  checkOptions,
  computationKinds,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
  optionError,
  type RequiredCheck,
  required,
  warnOnce,
} from '@starling/federated-core/plan';
import { populationKind, samplerKind } from '@starling/population';
import { asynchronousOptions, type GivenAsynchronous } from '@starling/rounds';
import { engineOption } from '../engines/engine-option.js';
import { runtimeKind } from '../runtime/runtime-kind.js';
import { type BestRule, checkBestRule, isOfEvaluation, oddGoal } from './best-rule.js';
import { checkNames } from './check-names.js';
import type { RunSource } from './compile-run.js';
import { constraintsOption } from './constraints.js';
import { type Evaluation, isOfClients } from './evaluation.js';
import type { PresentOptions, RunOptions } from './run-options.js';

/** Throws a `RangeError` that names the option at fault, with the user's line. */
export function checkRun(options: RunOptions): void {
  checkOptions(
    'Cannot run rounds',
    options,
    {
      ...SOURCE_OPTIONS,
      runtime: required(runtimeKind),
      rounds: required(fromZero),
      seed: required(fromZero),
      engine: engineOption,
      store: storeKind,
      clientStates: statesKind,
      run: kinds.text,
      checkpointEvery: fromOne,
      onDamage: kinds.callable,
      present: presentOption,
      maxAttempts: fromOne,
      backOffMs: numberWithin({ from: 0 }),
      storeRetries: fromZero,
      settings: kinds.record,
      onOtherRun: kinds.callable,
      about: kinds.record,
      headline: kinds.text,
      onRecord: kinds.callable,
      minReports: fromZero,
      faults: kinds.record,
      onRound: kinds.callable,
      onFailedRound: kinds.callable,
      signal: kinds.abortSignal,
      pause: pauseKind,
      clock: kinds.callable,
    },
    ELSEWHERE,
  );
  checkEvaluable('Cannot run rounds', options);
  checkAsynchronousRun(options);
  checkNames(options);
  checkBestIsMeasured('Cannot run rounds', options);
}

/** Throws a `RangeError` for an evaluation that nothing would ever be asked by: a computation has no state. */
export function checkEvaluable(
  action: string,
  { process, computation, evaluation }: Pick<RunOptions, 'process' | 'computation' | 'evaluation'>,
): void {
  if (evaluation === undefined || computation === undefined || process !== undefined) return;
  throw optionError(
    `${action}: evaluation needs a process, whose state it evaluates, got a computation, which keeps none. Leave it out: what the computation gives is reported of every round`,
  );
}

const fromZero = numberWithin({ whole: true, from: 0 });
const fromOne = numberWithin({ whole: true, from: 1 });

const evaluationOption: Check = (action, option, value) => {
  kinds.record(action, option, value);
  const evaluation = value as Evaluation;
  if ((value as { readonly kind?: unknown }).kind === 'federated-computation') {
    throw optionError(
      `${action}: ${option} must say how often and on whom, { every, computation, population }, got the computation alone. Write ${option}: { every: 1, computation: … }`,
    );
  }
  fromOne(action, `${option}.every`, evaluation.every);
  if (!isOfClients(evaluation)) {
    checkOptions(`${action}: ${option}`, evaluation, { every: true, run: true });
    kinds.callable(action, `${option}.run`, evaluation.run);
    return;
  }
  checkOptions(`${action}: ${option}`, evaluation, {
    every: true,
    computation: required(computationKinds.federated),
    arguments: kinds.record,
    population: populationKind,
    sampler: samplerKind,
    minReports: fromZero,
    finish: kinds.callable,
  });
};

const presentOption: Check = (action, option, value) => {
  kinds.record(action, option, value);
  checkOptions(`${action}: ${option}`, value as PresentOptions, {
    overSelection: numberWithin({ from: 1 }),
    minimumFraction: numberWithin({ above: 0, to: 1 }),
    selectionMs: numberWithin({ from: 0 }),
  });
};

const asynchronousOption: Check = (action, option, value) => {
  kinds.record(action, option, value);
  checkOptions(`${action}: ${option}`, value as GivenAsynchronous, asynchronousOptions);
};

/** Throws a `RangeError` for options that mean nothing, or cannot be held, where rounds do not wait. */
function checkAsynchronousRun(options: RunOptions): void {
  if (options.asynchronous === undefined) return;
  const { process, present, checkpointEvery = 1, store, sampler, faults, evaluation } = options;
  const bad = (problem: string): RangeError =>
    optionError(`Cannot run rounds: with asynchronous, ${problem}`);
  if (process === undefined)
    throw bad('process must be given, whose state the reports are folded into, got none');
  if (present !== undefined) throw bad('present must be left out: whom it asks is not a cohort');
  if (sampler.watches !== undefined) {
    throw bad(`sampler must not go by what clients report, as cohorts are drawn ahead, got ${sampler.name}`);
  }
  if (options.asynchronous.clock === 'real') {
    if (faults !== undefined) throw bad("clock 'real' and faults cannot both be given: these are simulated");
    if (evaluation !== undefined && isOfClients(evaluation)) {
      throw bad(
        "clock 'real' needs an evaluation at the server, { every, run }, got one on clients: they are at work, and are asked one thing at a time",
      );
    }
  }
  if (store !== undefined && checkpointEvery > 1) {
    throw bad(
      `checkpointEvery must be 1, got ${checkpointEvery}: clients are at work on earlier versions, which a run that is taken up again must have`,
    );
  }
}

const bestOption: Check = (action, option, value) => {
  kinds.record(action, option, value);
  checkBestRule(`${action}: ${option}`, value as BestRule);
  const odd = oddGoal(value as BestRule);
  if (odd !== null) warnOnce(odd);
};

/** What a federation and a run have in common. */
export const SOURCE_OPTIONS: {
  readonly [N in
    | keyof RunSource
    | 'population'
    | 'sampler'
    | 'asynchronous'
    | 'evaluation'
    | 'best'
    | 'constraints']: true | Check | RequiredCheck;
} = {
  process: computationKinds.process,
  computation: computationKinds.federated,
  prepared: kinds.record,
  arguments: true,
  laneSize: true,
  population: required(populationKind),
  sampler: required(samplerKind),
  asynchronous: asynchronousOption,
  evaluation: evaluationOption,
  best: bestOption,
  constraints: constraintsOption,
};

const storeKind = ofKind({
  need: "a store of runs, such as directoryStore('runs/first') of @starling/store/directory",
  fits: (value) => hasMethods(value, ['list', 'open', 'read', 'journal', 'state']),
  advice: (value) => (typeof value === 'string' ? `Write directoryStore('${value}')` : null),
});

const pauseKind = ofKind({
  need: 'a switch, which createPauseSwitch() makes',
  fits: (value) => hasMethods(value, ['listen']),
});

const statesKind = ofKind({
  need: "a store of what clients keep, such as directoryClientStates('runs/first/clients') of @starling/store/directory",
  fits: (value) => hasMethods(value, ['open']) && !hasMethods(value, ['records']),
  advice: (value) => (typeof value === 'string' ? `Write directoryClientStates('${value}')` : null),
});

/** A rule that goes by an evaluation needs one: it would never see a value. */
export function checkBestIsMeasured(action: string, { best, evaluation }: BestOfRun): void {
  if (best === undefined || evaluation !== undefined || !isOfEvaluation(best)) return;
  throw optionError(
    `${action}: best goes by '${best.metric}', and needs an evaluation, got none. Give evaluation: { every, run }, or a metric of the rounds, such as 'loss'`,
  );
}

interface BestOfRun {
  readonly best?: BestRule | undefined;
  readonly evaluation?: unknown;
}

/** What a user of other libraries gives a run here. */
const ELSEWHERE = {
  model: 'A process has it: process: federatedAveraging({ model, … })',
  checkpoints: "It is called store here: directoryStore('runs/first') of @starling/store/directory",
  epochs: 'It is an option of the algorithm: federatedAveraging({ epochs, … })',
  batchSize: 'It is an option of the algorithm: federatedAveraging({ batchSize, … })',
  cohortSize: 'It is an option of the sampler: uniformSampler({ cohortSize })',
  clients: 'Say who takes part by population and sampler',
  workers: 'It is an option of the runtime: threadsRuntime({ workers })',
  numRounds: 'It is called rounds here',
  strategy: 'It is called process here: federatedAveraging({ model, … })',
} as const;
