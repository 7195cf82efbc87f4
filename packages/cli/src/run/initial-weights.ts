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
    // Besides weights a graph has constants of its own: scalars, and what `starling export` calls constant_0. All else
    // is a weight: one that the model does not have must not be left out in silence.
    const isConstant = (name: string, { shape }: Tensor): boolean =>
      !names.includes(name) && (shape.length === 0 || /^constant_\d+$/.test(name));
    return Object.fromEntries(
      [...readInitializers(bytes)].filter(([name, tensor]) => !isConstant(name, tensor)),
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
  const names = weightNames(setup.process);
  const weights = await weightsOf(path, read, names);
  try {
    return { ...setup, process: withInitialWeights(setup.process, weights) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const [words = ''] = cause.message.split('\n    at ');
    throw new UsageError(words.replace('given weights', path) + adviceOnParts(names, weights), { cause });
  }
}

/** Where the model seems to be a part of what the file has: the rest of it is not in the state of a run. */
function adviceOnParts(names: readonly string[], weights: Weights): string {
  const isAdapted = names.some((name) => name.endsWith('_a') && name.slice(0, -2) in weights);
  const isPart = names.every((name) => name in weights);
  if (!isAdapted && !isPart) return '';
  return '. If layers of it are frozen or adapted, give the whole model these weights first, in the federation: modelFrom(model, weights)';
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
