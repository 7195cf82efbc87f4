// A coordinator in a process of its own, for tests that kill it: `node coordinator-process.js PORT STATE ROUNDS CLIENTS
// threshold|rows|attacked|present|keeping`: for a round of one phase, of two, of attempts that fail, of clients that
// are there, or of those that keep a state. It prints a line of JSON for each committed round, and one with the state's
// hash at the end; of `attacked` and `present` one once it listens, too.
import { runCoordinator } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { attackedPopulation, MAX_ATTEMPTS } from '../run-attacks/attacked-run.js';
import { driftingThreshold, sensors } from './drifting-threshold.js';
import { keepingSensors } from './keeping-sensors.js';
import { keyHolders, wanderingRows } from './wandering-rows.js';

const [port, state, rounds, size, work] = process.argv.slice(2);
const populationSize = Number(size);
const cohortSize = populationSize / 2;
const isAttacked = work === 'attacked' || work === 'present';
const print = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const result = await runCoordinator({
  run: {
    ...(work === 'rows'
      ? { process: wanderingRows(), population: keyHolders(populationSize) }
      : {
          process: work === 'keeping' ? keepingSensors() : driftingThreshold(),
          population: isAttacked ? attackedPopulation() : sensors(populationSize),
        }),
    sampler: uniformSampler({ cohortSize }),
    rounds: Number(rounds),
  },
  seed: 11,
  port: Number(port),
  state: state as string,
  minReports: cohortSize,
  ...(work === 'present' && { present: {} }),
  ...(isAttacked && {
    maxAttempts: MAX_ATTEMPTS,
    backOffMs: 1,
    onListen: () => print({}),
  }),
  onRound: ({ round }) => print({ round }),
});
print({ rounds: result.rounds, stateHash: result.stateHash });
