// `--initial FILE`: the weights that a run starts from, of a model that was trained elsewhere.
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve, sep } from 'node:path';
import type { Tensor } from '@starling/federated-core';
import type { FederationSetup } from '@starling/runtime';
import { oneOf, UsageError } from '../errors/usage-error.js';

type Weights = { readonly [name: string]: Tensor };
/** `names`: of the weights of the model that they are for. */
type ReadWeights = (path: string, bytes: Buffer, names: readonly string[]) => Promise<Weights>;

/** By the ending of a file. */
const READERS: Readonly<Record<string, ReadWeights>> = {
  async '.safetensors'(_, bytes) {
    const { decodeSafetensors } = await import('@starling/plan/safetensors');
    const { tensors } = decodeSafetensors(bytes, { maxHeaderBytes: bytes.length });
    const isState = [...tensors.keys()].some((name) => name.startsWith('model.'));
    if (!isState) return Object.fromEntries(tensors);
    const { weightsIn } = await import('./weights-in.js');
    return weightsIn(tensors, 'a state');
  },
  async '.onnx'(_, bytes, names) {
    const { readInitializers } = await import('@starling/onnx');
    const all = readInitializers(bytes);
    // Besides weights a graph has constants of its own.
    const wanted = names.filter((name) => all.has(name));
    return Object.fromEntries(
      wanted.length < names.length ? all : wanted.map((name) => [name, all.get(name)!]),
    );
  },
  async '.json'(path, bytes) {
    const { tf, tfl } = await import('@starling/compute');
    const { weightsOfLayers } = await import('@starling/learning');
    const { modelTopology, weightsManifest } = JSON.parse(bytes.toString('utf8'));
    if (modelTopology === undefined || !Array.isArray(weightsManifest)) {
      throw new Error('need modelTopology and weightsManifest, as model.save of tf.js layers writes them');
    }
    const files: string[] = weightsManifest.flatMap(({ paths }) => paths);
    const parts = await Promise.all(files.map((file) => readFile(beside(path, file))));
    const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
    const weightData = new Uint8Array(Buffer.concat(parts)).buffer;
    const layers = await tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    return weightsOfLayers(layers);
  },
};

/**
 * The same setup with other first weights. Throws a `UsageError` if the file cannot be read, or its weights are not
 * those of the model, with both lists.
 */
export async function withInitialFile(setup: FederationSetup, path: string): Promise<FederationSetup> {
  const read = READERS[extname(path)];
  if (read === undefined) {
    throw new UsageError(`Cannot read weights from ${path}: need a ${oneOf(Object.keys(READERS))} file`);
  }
  if (setup.process === undefined) {
    throw new UsageError(`Cannot start from ${path}: need a federation with a process, got a computation`);
  }
  const { weightNames, withInitialWeights } = await import('@starling/learning');
  const weights = await weightsOf(path, read, weightNames(setup.process));
  try {
    return { ...setup, process: withInitialWeights(setup.process, weights) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const [words = ''] = cause.message.split('\n    at ');
    throw new UsageError(words.replace('given weights', path), { cause });
  }
}

async function weightsOf(path: string, read: ReadWeights, names: readonly string[]): Promise<Weights> {
  try {
    return await read(path, await readFile(path), names);
  } catch (cause) {
    throw new UsageError(`Cannot read weights from ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** A file that a model names; none outside of its folder. */
function beside(path: string, file: string): string {
  const folder = resolve(dirname(path));
  const found = resolve(folder, file);
  if (found.startsWith(folder + sep)) return found;
  throw new Error(`need weights beside the model, got '${file}'`);
}
