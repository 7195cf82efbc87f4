// The tf.js backends that the `tfjs` engine may run on, and why one is not to be had. `wasm` and `tensorflow` are
// optional packages, loaded only when asked for.
import * as tf from '../../tensorflow/tf.js';
import { nameAttributes, type TensorflowBackend } from './tensorflow-attributes.js';

export type TfjsBackendName = 'cpu' | 'wasm' | 'tensorflow';

export const TFJS_BACKENDS: readonly TfjsBackendName[] = ['cpu', 'wasm', 'tensorflow'];

export class TfjsBackendError extends Error {
  override readonly name = 'TfjsBackendError';

  constructor(
    readonly backend: TfjsBackendName,
    /** One sentence: why it is not to be had. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot use the tf.js backend '${backend}': ${reason}`, options);
  }
}

/** Loads a backend and starts it, without making it the active one; throws a `TfjsBackendError` that says why not. */
export async function loadTfjsBackend(name: TfjsBackendName): Promise<void> {
  try {
    if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
    if (name === 'tensorflow') await requireTfjsNode();
  } catch (error) {
    throw new TfjsBackendError(name, missingReason(name, error), { cause: error });
  }
  try {
    await start(name);
  } catch (error) {
    throw new TfjsBackendError(name, `it did not start (${String(error)})`, { cause: error });
  }
}

/** Makes the backend's instance without making it the active one, so that nothing else runs on it meanwhile. */
async function start(name: TfjsBackendName): Promise<void> {
  const engine = tf.engine();
  const backend = engine.registry[name] ?? (await engine.findBackendFactory(name)());
  engine.registry[name] = backend;
  if (name === 'tensorflow') nameAttributes(backend as unknown as TensorflowBackend);
}

/** Whether each backend can be used here, and if not, why. */
export async function tfjsBackends(): Promise<
  { readonly name: TfjsBackendName; readonly available: boolean; readonly reason: string }[]
> {
  const results = [];
  for (const name of TFJS_BACKENDS) {
    try {
      await loadTfjsBackend(name);
      results.push({ name, available: true, reason: 'ready' });
    } catch (error) {
      if (!(error instanceof TfjsBackendError)) throw error;
      results.push({ name, available: false, reason: error.reason });
    }
  }
  return results;
}

/** The package, or the folder of a built copy that `STARLING_TFJS_NODE` names; it registers itself with tf.js. */
async function requireTfjsNode(): Promise<void> {
  const { createRequire } = await import('node:module');
  createRequire(import.meta.url)(process.env['STARLING_TFJS_NODE'] ?? '@tensorflow/tfjs-node');
}

function missingReason(name: TfjsBackendName, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [firstLine = ''] = text.split('\n');
  if (name === 'wasm')
    return `@tensorflow/tfjs-backend-wasm is not installed or does not load (${firstLine})`;
  const code = (error as { code?: unknown }).code;
  if (code === 'MODULE_NOT_FOUND' && text.includes("'@tensorflow/tfjs-node'")) {
    return 'the optional package @tensorflow/tfjs-node is not installed (nothing else needs it, and it downloads libtensorflow when it is)';
  }
  return `@tensorflow/tfjs-node is installed but its native addon does not load (${firstLine})`;
}
