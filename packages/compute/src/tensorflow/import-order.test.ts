// Whether tf.js's global state is Starling's whatever else loads tf.js: in processes of their own, since a module loads
// once.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

/** Windows of 2 × 2 over 3 × 3 pixels, with padding: of 4, 2, 2 and 1 elements. */
const PIXELS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** d/dx Σ mean² = 2 · mean / elements of the window; the means are 3, 4.5, 7.5 and 9. */
const GRADIENT = [1.5, 1.5, 4.5, 1.5, 1.5, 4.5, 7.5, 7.5, 18];

interface Printed {
  readonly gradient: string;
  readonly layer: string;
  readonly captured: readonly number[];
  readonly outside: readonly number[];
}

/** Ids of graphs that were captured after these imports, and the pool's gradient within and outside of captures. */
async function afterImports(imports: readonly string[]): Promise<Printed> {
  const program = `
    const modules = [];
    for (const name of process.argv.slice(1)) modules.push(await import(name));
    const { compileGraph, createTfjsEngine, localComputation, tf, tfl, float32 } = Object.assign({}, ...modules);
    const gradient = tf.grad((x) => tf.sum(tf.square(tf.avgPool(x, 2, 2, 'same'))));
    const x = tf.tensor4d([${PIXELS}], [1, 3, 3, 1]);
    const outside = Array.from(gradient(x).dataSync());
    const local = localComputation({ x: float32(1, 3, 3, 1) }, ({ x }) => gradient(x));
    const units = { units: 2, kernelInitializer: 'ones', recurrentInitializer: 'ones' };
    const layer = localComputation({ x: float32(2, 5, 3) }, ({ x }) => tfl.layers.simpleRNN(units).apply(x));
    const loaded = await (await createTfjsEngine()).load(compileGraph(local));
    const [captured] = await loaded.run([{ dtype: 'float32', shape: x.shape, data: x.dataSync() }], [1, 2]);
    console.log(JSON.stringify({ gradient: local.id, layer: layer.id, captured: Array.from(captured.data), outside }));
  `;
  const parameters = [
    '--input-type=module',
    '-e',
    program,
    ...imports,
    '@starling/compute/graph',
    '@starling/federated-core',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: import.meta.dirname });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Printed;
}

describe('correctGradients', () => {
  test('has the same gradients and graphs whether tf.js is imported before, after, or not at all', async () => {
    const alone = await afterImports(['@starling/compute']);
    const before = await afterImports(['@tensorflow/tfjs', '@starling/compute']);
    const after = await afterImports(['@starling/compute', '@tensorflow/tfjs']);
    expect(alone.captured).toEqual(GRADIENT);
    expect(alone.outside).toEqual(GRADIENT);
    expect(before).toEqual(alone);
    expect(after).toEqual(alone);
  }, 60_000);
});
