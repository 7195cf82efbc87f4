// `npm run attack-server`: each attack at full size on a coordinator in a process of its own, while honest clients
// work; what their rounds take with it and without, what memory it costs, how long an attacker stays, and whether
// `/healthz` is answered. One line for each attack.
import { parseArgs } from 'node:util';
import { startAttacked } from './attacked-processes.js';
import { type AttackName, attacks, startAttack } from './attacks.js';
import { type CrowdName, crowds } from './crowds.js';
import { type Target, targetOf } from './raw-socket.js';

const HELP = `Usage: npm run attack-server -- [options]

  --attack <name>    ${Object.keys(attacks).join(', ')}; may be given again (default: all)
  --sockets <n>      of each attack (default: 100)
  --seconds <n>      of each attack (default: 60)
  --crowd <name>     instead, so many at once: ${Object.keys(crowds).join(', ')}; may be given again
  --count <n>        of each crowd (default: 100000 malformed, 10000 handshakes, 50 poisoned rounds)
`;

/** What must hold. */
const MAX_SLOWER = 2;
const MAX_MORE_BYTES = 64 * 1024 * 1024;
const MAX_LIFE_MS = 11_000;
const TOKEN = 'murmuration';
const CALM_MS = 10_000;

const { values } = parseArgs({
  options: {
    attack: { type: 'string', multiple: true, default: Object.keys(attacks) },
    sockets: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    crowd: { type: 'string', multiple: true },
    count: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await (values.crowd === undefined ? main() : sendCrowds(values.crowd));

async function main(): Promise<number> {
  let failed = 0;
  for (const name of values.attack as AttackName[]) {
    if (!Object.hasOwn(attacks, name)) {
      process.stderr.write(`--attack must be one of ${Object.keys(attacks).join(', ')}, got '${name}'\n`);
      return 2;
    }
    const result = await measure(name, Number(values.sockets), Number(values.seconds) * 1000);
    if (result.faults.length > 0) failed++;
    process.stdout.write(`${JSON.stringify({ attack: name, ...result })}\n`);
  }
  return failed === 0 ? 0 : 1;
}

async function sendCrowds(names: readonly string[]): Promise<number> {
  let failed = 0;
  for (const name of names as CrowdName[]) {
    if (!Object.hasOwn(crowds, name)) {
      process.stderr.write(`--crowd must be one of ${Object.keys(crowds).join(', ')}, got '${name}'\n`);
      return 2;
    }
    const { usual, send } = crowds[name];
    const result = await send(Number(values.count ?? usual));
    if (result.faults.length > 0) failed++;
    process.stdout.write(`${JSON.stringify({ crowd: name, ...result })}\n`);
  }
  return failed === 0 ? 0 : 1;
}

async function measure(name: AttackName, sockets: number, ms: number) {
  const attack = attacks[name];
  const attacked = await startAttacked(attack.joins ? {} : { token: TOKEN });
  await pause(CALM_MS);
  const calm = attacked.lines();
  const target = targetOf(attacked.url);
  const running = startAttack(attack, target, sockets);
  const health = watchHealth(target);
  await pause(ms);
  const oldestMs = await running.stop();
  const during = attacked.lines();
  const { answered, asked } = health.stop();
  const { isAlive } = attacked;
  attacked.stop();

  const roundMs = [calm, during].map((each) => median(each.flatMap(({ wallMs }) => wallMs ?? [])));
  const rss = [calm, during].map((each) => Math.max(0, ...each.flatMap(({ rss }) => rss ?? [])));
  const slower = roundMs[1]! / roundMs[0]!;
  const moreBytes = rss[1]! - rss[0]!;
  const faults = [
    ...(slower <= MAX_SLOWER ? [] : ['rounds are too slow']),
    ...(moreBytes < MAX_MORE_BYTES ? [] : ['too much memory']),
    ...(oldestMs <= MAX_LIFE_MS ? [] : ['an attacker stayed too long']),
    ...(answered === asked ? [] : ['/healthz was not answered']),
    ...(isAlive ? [] : ['the coordinator ended']),
  ];
  return {
    sockets: running.lives.length,
    rounds: during.filter(({ wallMs }) => wallMs !== undefined).length,
    roundMs: roundMs.map((each) => Math.round(each * 10) / 10),
    slower: Math.round(slower * 100) / 100,
    moreMiB: Math.round(moreBytes / 2 ** 20),
    oldestMs: Math.round(oldestMs),
    healthz: `${answered}/${asked}`,
    faults,
  };
}

/** Asks for `/healthz` each second. */
function watchHealth({ host, port }: Target) {
  let answered = 0;
  let asked = 0;
  const timer = setInterval(() => {
    const signal = AbortSignal.timeout(5000);
    asked++;
    fetch(`http://${host}:${port}/healthz`, { signal }).then(
      ({ ok }) => {
        if (ok) answered++;
      },
      () => {},
    );
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      return { answered: answered, asked: Math.max(answered, asked - 1) }; // the last may be on its way
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
