// A debugger on a process that was started with `--inspect-brk`: sets breakpoints, waits for stops, and looks at
// values, as an editor does, over the protocol that Chrome and VS Code speak to Node.
import type { ChildProcess } from 'node:child_process';
import { WebSocket } from 'ws';

export interface Stop {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  /** The value of an expression in the innermost call, as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
}

export interface AttachedDebugger {
  /** Breaks at a line, from 0, of the file whose path ends so, if the condition holds. */
  breakAt(file: string, line: number, condition: string): Promise<void>;
  /** Lets the process run on without a debugger, to its end. */
  detach(): Promise<void>;
  resume(): Promise<void>;
  /** The next stop. */
  stopped(): Promise<Stop>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, never>;
  readonly result?: Record<string, unknown>;
}

interface Paused {
  readonly callFrames: readonly {
    readonly callFrameId: string;
    readonly location: { readonly scriptId: string; readonly lineNumber: number };
  }[];
}

/** Attaches, and lets the process run to its first line, where it stops. */
export async function debuggerOf(child: ChildProcess): Promise<AttachedDebugger> {
  const socket = new WebSocket(await addressOf(child));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answers = new Map<number, (result: Record<string, unknown>) => void>();
  const stops: Paused[] = [];
  /** Of scripts, by their ids. */
  const files = new Map<string, string>();
  let arrived = (): void => {};
  socket.on('message', (data) => {
    const { id, method, params, result } = JSON.parse(String(data)) as Message;
    if (id !== undefined) answers.get(id)?.(result ?? {});
    if (method === 'Debugger.scriptParsed') {
      const { scriptId, url } = params as unknown as { readonly scriptId: string; readonly url: string };
      files.set(scriptId, url);
    }
    if (method !== 'Debugger.paused') return;
    stops.push(params as unknown as Paused);
    arrived();
  });
  let last = 0;
  const ask = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      answers.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  const stopped = async (): Promise<Stop> => {
    while (stops.length === 0) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    const [frame] = stops.shift()!.callFrames;
    const { callFrameId, location } = frame!;
    return {
      file: files.get(location.scriptId) ?? '',
      line: location.lineNumber,
      async evaluate(expression) {
        const given = { callFrameId, expression, returnByValue: true };
        const { result } = await ask('Debugger.evaluateOnCallFrame', given);
        return (result as { readonly value: unknown }).value;
      },
    };
  };
  await ask('Debugger.enable');
  await ask('Runtime.runIfWaitingForDebugger');
  await stopped();
  return {
    stopped,
    async breakAt(file, lineNumber, condition) {
      const urlRegex = `${file.replaceAll('.', '\\.')}$`;
      await ask('Debugger.setBreakpointByUrl', { urlRegex, lineNumber, condition });
    },
    async detach() {
      await ask('Debugger.disable');
      socket.close();
    },
    async resume() {
      await ask('Debugger.resume');
    },
  };
}

/** Node prints it on stderr. */
function addressOf({ stderr }: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stderr!.on('data', (part: string) => {
      text += part;
      const [address] = /ws:\/\/\S+/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}
