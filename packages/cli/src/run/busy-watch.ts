// The thread that frees a main thread which is deaf to Ctrl-C, because code that it runs does not return. Node tells
// signals to main's event loop alone; libuv, below it, tells them to any loop that asks.
import { writeSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { constants } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SIGNALS, STOPPED, type WatchSetup } from './watch-signals.js';

/** What main has to do by itself what a signal asks for, before it is taken to be busy. */
const MAIN_MS = 300;
/** What it takes to break off JavaScript; in the middle of a native call main cannot be freed, and is killed. */
const FREE_MS = 5_000;

/** libuv's handle of a signal, as Node wraps it for itself. */
interface SignalHandle {
  onsignal: () => void;
  start(signal: number): number;
  stop(): number;
}
type Binding = (name: 'signal_wrap') => { readonly Signal: new () => SignalHandle };

const { graceMs } = workerData as WatchSetup;
const { Signal } = (process as unknown as { readonly binding: Binding }).binding('signal_wrap');
let received = 0;
let isFreeing = false;

const handles = SIGNALS.map((name) => {
  const handle = new Signal();
  handle.onsignal = () => {
    received++;
    setTimeout(freeMain, received === 1 ? graceMs + MAIN_MS : MAIN_MS);
  };
  handle.start(constants.signals[name]);
  return handle;
});

// Once nobody listens, the signal does what it does by default.
parentPort?.once('message', () => {
  for (const handle of handles) handle.stop();
  process.kill(process.pid, 'SIGINT');
});

/** Breaks off what main runs, and tells it where that was. */
function freeMain(): void {
  if (isFreeing) return;
  isFreeing = true;
  const killing = setTimeout(kill, FREE_MS);
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => void urls.set(scriptId, url));
  session.on('Debugger.paused', ({ params }) => {
    session.post('Runtime.terminateExecution');
    session.post('Debugger.resume', () => {
      session.disconnect(); // or main would wait for it as it exits
      const lines = params.callFrames.map((frame) => stackLine(frame, urls.get(frame.location.scriptId)));
      parentPort?.postMessage(['Error', ...lines].join('\n'));
      clearTimeout(killing);
      setTimeout(kill, graceMs + FREE_MS); // main ends the process before, unless it is kept busy again
    });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

function kill(): void {
  writeSync(process.stderr.fd, `${STOPPED}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** As V8 writes it in a stack, which counts from 1. */
function stackLine({ functionName, location }: Debugger.CallFrame, url = '<anonymous>'): string {
  const { lineNumber, columnNumber = 0 } = location;
  return `    at ${functionName || '<anonymous>'} (${url}:${lineNumber + 1}:${columnNumber + 1})`;
}
