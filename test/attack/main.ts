// `npm run attack-server`: each attack at full size on a coordinator in a process of its own, while honest clients
// work; what their rounds take with it and without, what memory it costs, how long an attacker stays, and whether
// `/healthz` is answered. One line for each attack.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AttackName, attacks, startAttack } from './attacks.js';
import { type Target, targetOf } from './raw-socket.js';

const HELP = `Usage: npm run attack-server -- [options]

  --attack <name>    ${Object.keys(attacks).join(', ')}; may be given again (default: all)
  --sockets <n>      of each attack (default: 100)
  --seconds <n>      of each attack (default: 60)
`;

/** What must hold. */
const MAX_SLOWER = 2;
const MAX_MORE_BYTES = 64 * 1024 * 1024;
const MAX_LIFE_MS = 11_000;
const TOKEN = 'murmuration';
const CALM_MS = 10_000;

interface Line {
  readonly url?: string;
  readonly wallMs?: number;
  readonly rss?: number;
}

const { values } = parseArgs({
  options: {
    attack: { type: 'string', multiple: true, default: Object.keys(attacks) },
    sockets: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

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

async function measure(name: AttackName, sockets: number, ms: number) {
  const attack = attacks[name];
  const token = attack.joins ? [] : [TOKEN];
  const lines: Line[] = [];
  const coordinator = start('attacked-coordinator.js', token);
  createInterface({ input: coordinator.stdout! }).on('line', (text) => lines.push(JSON.parse(text)));
  const url = await until(() => lines.find((line) => line.url !== undefined)?.url);
  const clients = start('honest-clients.js', [url, ...token]);
  await until(() => lines.find((line) => line.wallMs !== undefined)?.wallMs);
  await pause(CALM_MS);
  const calm = lines.splice(0);
  const target = targetOf(url);
  const running = startAttack(attack, target, sockets);
  const health = watchHealth(target);
  await pause(ms);
  const oldestMs = await running.stop();
  const attacked = lines.splice(0);
  const { answered, asked } = health.stop();
  for (const child of [clients, coordinator]) child.kill('SIGKILL');

  const roundMs = [calm, attacked].map((each) => median(each.flatMap(({ wallMs }) => wallMs ?? [])));
  const rss = [calm, attacked].map((each) => Math.max(0, ...each.flatMap(({ rss }) => rss ?? [])));
  const slower = roundMs[1]! / roundMs[0]!;
  const moreBytes = rss[1]! - rss[0]!;
  const faults = [
    ...(slower <= MAX_SLOWER ? [] : ['rounds are too slow']),
    ...(moreBytes < MAX_MORE_BYTES ? [] : ['too much memory']),
    ...(oldestMs <= MAX_LIFE_MS ? [] : ['an attacker stayed too long']),
    ...(answered === asked ? [] : ['/healthz was not answered']),
    ...(coordinator.exitCode === null ? [] : ['the coordinator ended']),
  ];
  return {
    sockets: running.lives.length,
    rounds: attacked.filter(({ wallMs }) => wallMs !== undefined).length,
    roundMs: roundMs.map((each) => Math.round(each * 10) / 10),
    slower: Math.round(slower * 100) / 100,
    moreMiB: Math.round(moreBytes / 2 ** 20),
    oldestMs: Math.round(oldestMs),
    healthz: `${answered}/${asked}`,
    faults,
  };
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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

async function until<T>(get: () => T | undefined): Promise<T> {
  for (;;) {
    const value = get();
    if (value !== undefined) return value;
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
