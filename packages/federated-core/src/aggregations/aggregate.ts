// `federatedAggregate` in a plan: the user's four operators, as programs over leaves, run with a fixed seed.
import { StarlingError } from '../errors/starling-error.js';
import { runProgram } from '../program/run-program.js';
import { OPERATOR_SEED } from '../program/seeds.js';
import { defineAggregation } from './definition.js';
import { finiteAggregate } from './finite.js';

/** Update T; the accumulator is what `zero` gives. */
export const aggregateAggregation = defineAggregation({
  kind: 'aggregate',
  settings: {},
  reduction({ operators, result }, _settings, { run, vectors }) {
    if (operators === undefined) {
      throw new StarlingError('bad-plan', 'Cannot reduce an aggregate: need its four operators, got none');
    }
    const { zero, accumulate, merge, report } = operators;
    return {
      zero: () => runProgram(zero, [], run, OPERATOR_SEED),
      accumulate: (accumulator, update) =>
        runProgram(accumulate, [...accumulator, ...update], run, OPERATOR_SEED),
      merge: (left, right) => runProgram(merge, [...left, ...right], run, OPERATOR_SEED),
      async report(accumulator) {
        const reported = await runProgram(report, accumulator, run, OPERATOR_SEED);
        return finiteAggregate('federatedAggregate', result, reported, vectors);
      },
    };
  },
});
