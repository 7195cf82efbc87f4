// `npm run attack-runs`: kills coordinators and clients, flips bits and fails disks, more often than the tests do.
import { parseArgs } from 'node:util';
import { diskCalls, FAILURES, failDisk } from './fail-disk.js';
import { flipBits } from './flip-bits.js';
import { killClients } from './kill-clients.js';
import { killCoordinator } from './kill-coordinator.js';
import { killKeepers } from './kill-keepers.js';

const HELP = `Usage: npm run attack-runs -- [options]

  --kills <n>    of coordinators, a run of 20 rounds for every 20 of them (default: 200)
  --flips <n>    bits of what a run has kept (default: 1000)
  --mode <mode>  of the killed runs: fixed (default), or present, whose clients are those that are there
  --client-kills <n>  of clients, while rounds run (default: 25)
  --keeper-kills <n>  of coordinators, and as many of clients, of runs whose clients keep a state (default: 50)
  --seed <n>     from which all of it is drawn (default: 1)
`;
const ROUNDS = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    flips: { type: 'string', default: '1000' },
    mode: { type: 'string', default: 'fixed' },
    'client-kills': { type: 'string', default: '25' },
    'keeper-kills': { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const { mode } = values;
  if (mode !== 'fixed' && mode !== 'present')
    throw new RangeError(`need --mode fixed or present, got ${mode}`);
  let findings = 0;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const found = (line: string): void => {
    findings++;
    say(line);
  };
  const { same, warned, refused, findings: flipped } = await flipBits(Number(values.flips), seed);
  flipped.forEach(found);
  say(
    `${values.flips} flipped bits: ${same} runs ended as ever, ${warned} with a warning; ${refused} refused`,
  );
  const calls = await diskCalls();
  for (const failure of FAILURES) {
    for (let at = 1; at <= calls; at++) {
      const finding = await failDisk(failure, at);
      if (finding !== null) found(`a disk that ${failure} at call ${at}: ${finding}`);
    }
  }
  say(`${FAILURES.length * calls} failed disks, at each of ${calls} calls`);
  let killed = 0;
  for (let run = 0; killed < Number(values.kills); run++) {
    const { kills, findings: wrong } = await killCoordinator(ROUNDS, ROUNDS, seed + run, mode);
    killed += kills;
    for (const each of wrong) found(`run ${run}, of ${kills} kills: ${each}`);
    say(`${killed} kills`);
  }
  const clients = await killClients(Number(values['client-kills']), seed);
  clients.findings.forEach(found);
  say(`${clients.kills} kills of clients, ${clients.rounds} rounds, the longest ${clients.longestMs} ms`);
  const wanted = Number(values['keeper-kills']);
  const keepers = { coordinators: 0, clients: 0 };
  for (let run = 0; Math.min(keepers.coordinators, keepers.clients) < wanted; run++) {
    const killedKeepers = await killKeepers(ROUNDS, ROUNDS, seed + run);
    keepers.coordinators += killedKeepers.coordinatorKills;
    keepers.clients += killedKeepers.clientKills;
    killedKeepers.findings.forEach(found);
    say(
      `clients that keep a state: ${keepers.coordinators} kills of coordinators, ${keepers.clients} of clients`,
    );
  }
  say(`${findings} findings`);
  return findings > 0 ? 1 : 0;
}
