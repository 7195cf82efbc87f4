// One load on one server: it and its clients in processes of their own, and what they say of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SocketLoad } from './socket-work.js';

/** `product`: Starling's server and clients; `bare`: `ws` alone, as it comes; `unmasked`: without its masks. */
export const SIDES = ['product', 'bare', 'unmasked'] as const;
export type Side = (typeof SIDES)[number];

interface Scripts {
  readonly server: string;
  readonly clients: string;
}

const PRODUCT: Scripts = { server: './product-server.js', clients: './product-clients.js' };
const BARE: Scripts = { server: './bare-server.js', clients: './bare-clients.js' };
const scripts = {
  product: PRODUCT,
  bare: BARE,
  unmasked: BARE,
  /** The product's clients, on a server that is watched: see `../soak`. */
  soak: { ...PRODUCT, server: '../soak/soak-server.js' },
} as const satisfies Readonly<Record<Side | 'soak', Scripts>>;

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

/** Runs it to its end; `heard` gets what else the server prints. Throws if the server fails. */
export async function runLoad(
  side: keyof typeof scripts,
  load: SocketLoad,
  heard: (line: object) => void = () => {},
): Promise<LoadUse> {
  const text = JSON.stringify(load);
  const server = start(scripts[side].server, [text]);
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
        children.push(start(scripts[side].clients, args));
      }
    } else if (line.joined) joinMs = performance.now() - startedMs;
    else if (line.wallMs !== undefined) roundsMs.push(line.wallMs);
    else if (line.peakMiB !== undefined) last = line;
    else heard(line);
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
  // Collections are asked for by the watched server alone.
  return spawn(process.execPath, ['--expose-gc', path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Throws unless every client counts in every round, none was refused, and the mean over clients moved the model. */
export function checkWork({ clients, rounds }: SocketLoad, { errors, accepted, state }: LoadUse): void {
  if (errors === 0 && accepted === clients * rounds && state === rounds / 2) return;
  const got = JSON.stringify({ errors, accepted, state });
  throw new Error(
    `Cannot count a run: need no error, ${clients * rounds} updates and ${rounds / 2}, got ${got}`,
  );
}
