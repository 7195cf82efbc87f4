// A coordinator that is attacked and its honest clients, in processes of their own, and what they print.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Attacked } from './attacked-run.js';

/** What the coordinator prints. */
export interface Line {
  readonly url?: string;
  readonly round?: number;
  readonly wallMs?: number;
  readonly metrics?: unknown;
  readonly rss?: number;
}

export interface AttackedProcesses {
  readonly url: string;
  /** What has come since the last call. */
  lines(): readonly Line[];
  /** Whether the coordinator is still there. */
  readonly isAlive: boolean;
  /** A counter, by its label `reason`; those that are 0 are left out. */
  byReason(name: string): Promise<Readonly<Record<string, number>>>;
  /** A counter, over all labels. */
  total(name: string): Promise<number>;
  stop(): void;
  /** Stops both; how many honest rounds have finished since the last `lines`, and what of that should not be. */
  end(): { readonly rounds: number; readonly faults: readonly string[] };
}

/**
 * Starts both; resolves after the first round. `tokens`: of the honest clients, one for all or one for each.
 * `whenListening` starts further clients, without which there is no round.
 */
export async function startAttacked(
  attacked: Attacked,
  tokens: string | readonly string[] | undefined = attacked.token,
  whenListening: (url: string) => void = () => {},
): Promise<AttackedProcesses> {
  const lines: Line[] = [];
  const coordinator = start('attacked-coordinator.js', [JSON.stringify(attacked)]);
  createInterface({ input: coordinator.stdout! }).on('line', (text) => lines.push(JSON.parse(text)));
  const url = await until(() => lines.find((line) => line.url !== undefined)?.url);
  const clients = start('honest-clients.js', [
    url,
    ...(tokens === undefined ? [] : [JSON.stringify(tokens)]),
  ]);
  whenListening(url);
  await until(() => lines.find((line) => line.wallMs !== undefined)?.wallMs);
  const isAlive = (): boolean => coordinator.exitCode === null && coordinator.signalCode === null;
  const stop = (): void => {
    for (const child of [clients, coordinator]) child.kill('SIGKILL');
  };
  return {
    url,
    lines: () => lines.splice(0),
    get isAlive() {
      return isAlive();
    },
    async byReason(name) {
      const sums: Record<string, number> = {};
      for (const line of await samples(url, name)) {
        const reason = /reason="([^"]*)"/.exec(line)?.[1] ?? '';
        sums[reason] = (sums[reason] ?? 0) + amountIn(line);
      }
      return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum > 0));
    },
    async total(name) {
      return (await samples(url, name)).reduce((sum, line) => sum + amountIn(line), 0);
    },
    stop,
    end() {
      const rounds = lines.splice(0).filter(({ wallMs }) => wallMs !== undefined).length;
      const faults = [
        ...(isAlive() ? [] : ['the coordinator ended']),
        ...(rounds > 0 ? [] : ['no honest round finished']),
      ];
      stop();
      return { rounds, faults };
    },
  };
}

/** Lines of the page of metrics that begin with a name. */
async function samples(url: string, name: string): Promise<readonly string[]> {
  const page = await (await fetch(`${url.replace('ws', 'http')}/metrics`)).text();
  return page.split('\n').filter((line) => line.startsWith(name));
}

function amountIn(line: string): number {
  return Number(line.slice(line.lastIndexOf(' ')));
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function until<T>(get: () => T | undefined): Promise<T> {
  for (;;) {
    const value = get();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
