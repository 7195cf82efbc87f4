// One load on one server: it and its clients in processes of their own, and what they say of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SocketLoad } from './socket-work.js';

/** `product`: Starling's server and clients; `bare`: `ws` alone, as it comes; `unmasked`: without its masks. */
export const SIDES = ['product', 'bare', 'unmasked'] as const;
export type Side = (typeof SIDES)[number];

export interface LoadUse {
  /** From the start of the clients' processes until all are ready, milliseconds. */
  readonly joinMs: number;
  /** Of each round. */
  readonly roundsMs: readonly number[];
  /** Largest resident set of the server. */
  readonly peakMiB: number;
  /** Conversations that were refused or ended by an error. Of the product alone, as are the next two. */
  readonly errors?: number;
  /** Updates that count, of all rounds. */
  readonly accepted?: number;
  /** A number of the model at the end. */
  readonly state?: number;
}

/** A limit of open files is of a process: the clients are spread over several. */
const CLIENT_PROCESSES = 2;

/** Runs it to its end; throws if a process of it fails. */
export async function runLoad(side: Side, load: SocketLoad): Promise<LoadUse> {
  const text = JSON.stringify(load);
  const kind = side === 'product' ? 'product' : 'bare';
  const server = start(`${kind}-server.js`, [text]);
  const children = [server];
  const roundsMs: number[] = [];
  let [startedMs, joinMs] = [0, 0];
  let last: Pick<LoadUse, 'peakMiB'> | null = null;
  createInterface({ input: server.stdout! }).on('line', (printed) => {
    const line = JSON.parse(printed);
    if (line.url !== undefined) {
      startedMs = performance.now();
      for (let part = 0; part < CLIENT_PROCESSES; part++) {
        const [from, to] = [part, part + 1].map((at) => Math.floor((at * load.clients) / CLIENT_PROCESSES));
        const args = [line.url, String(from), String(to), text, String(side === 'bare')];
        children.push(start(`${kind}-clients.js`, args));
      }
    } else if (line.joined) joinMs = performance.now() - startedMs;
    else if (line.wallMs !== undefined) roundsMs.push(line.wallMs);
    else last = line;
  });
  try {
    const [code] = await once(server, 'close');
    if (code === 0 && last !== null) return { ...(last as Pick<LoadUse, 'peakMiB'>), joinMs, roundsMs };
    throw new Error(`Cannot measure sockets: the ${side} server ended with ${code}`);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}
