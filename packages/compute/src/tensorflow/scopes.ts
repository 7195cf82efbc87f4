// Ways to run code inside of tf.js's one global engine that leave it as it was: on another backend, in a scope of
// tensors, off the tape.
import * as tf from './tf.js';

/** Backends whose kernels have been set up: from then on switching to them is two assignments. */
const ready = new Set<string>();

/** Runs with a started backend (or `cpu`) active, and gives tf.js its former backend back, also on a throw. */
export function onBackend<T>(backend: string, run: () => T): T {
  const former = tf.engine().backendName ?? 'cpu';
  if (former === backend && tf.engine().backendName !== undefined) return run();
  activate(backend);
  try {
    return run();
  } finally {
    activate(former);
  }
}

/** `tf.setBackend` sets every kernel of a backend up again: too slow for a switch around a single kernel. */
function activate(backend: string): void {
  const engine = tf.engine();
  const instance = engine.registry[backend];
  if (ready.has(backend) && instance !== undefined) {
    Object.assign(engine, { backendName: backend, backendInstance: instance });
    return;
  }
  // Of a backend that starts synchronously, or has started, setBackend takes effect before it returns.
  // The prototype's: that of the engine is the user's, and refused while a body is captured.
  const { setBackend } = Object.getPrototypeOf(engine) as typeof engine;
  void setBackend.call(engine, backend);
  ready.add(backend);
}

/** Runs and frees every tensor that was made on the way. */
export function scoped<T>(body: () => T): T {
  tf.engine().startScope('starling');
  try {
    return body();
  } finally {
    tf.engine().endScope();
  }
}

/** Runs without recording on tf.js's tape, whatever gradient is being taken around it. */
export function untaped<T>(run: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return run();
  } finally {
    state.kernelDepth--;
  }
}
