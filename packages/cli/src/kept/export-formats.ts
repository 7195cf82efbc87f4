// What a run that was kept is exported as: its model in three formats, and its record for TensorBoard.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Model } from '@starling/learning';
import { encodeSafetensors } from '@starling/plan/safetensors';
import { UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import type { KeptWeights } from './kept-weights.js';

export interface ModelExport extends KeptWeights {
  /** A name, or the path of a file; `null` for the simulation that the run names. */
  readonly federation: string | null;
  /** Besides those that the run was started with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Examples at once, of ONNX. */
  readonly batchSize: number;
  /** Where it is written. */
  readonly path: string;
}

/** Paths that were written. */
export type WriteModel = (model: ModelExport) => Promise<readonly string[]>;

export const modelFormats = {
  /** Needs no federation: names and numbers alone. */
  async safetensors({ weights, path }) {
    await writeFile(path, encodeSafetensors(Object.entries(weights)));
    return [path];
  },
  async onnx(given) {
    const { modelToOnnx } = await import('@starling/learning');
    const { batchSize, path } = given;
    await writeFile(path, modelToOnnx(await modelOf(given), given.weights, { batchSize }));
    return [path];
  },
  /** `model.json` and `weights.bin`, as `tf.loadLayersModel` reads them. */
  async tfjs(given) {
    const { modelToLayers } = await import('@starling/learning');
    const { tf } = await import('@starling/compute');
    const { path } = given;
    const model = join(path, 'model.json');
    const binary = join(path, WEIGHTS_FILE);
    await mkdir(path, { recursive: true });
    await modelToLayers(await modelOf(given), given.weights).save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
        const manifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
        const json = {
          format: 'layers-model',
          generatedBy: 'starling',
          modelTopology,
          weightsManifest: manifest,
        };
        await writeFile(model, JSON.stringify(json));
        await writeFile(binary, new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    return [model, binary];
  },
} as const satisfies Readonly<Record<string, WriteModel>>;

const WEIGHTS_FILE = 'weights.bin';

/** The model that the federation of the run trains. */
async function modelOf({ line, federation, settings }: ModelExport): Promise<Model> {
  // As JSON, which settings are read as first.
  const before = Object.entries(line.settings).map(([name, value]) => [name, JSON.stringify(value)]);
  const name = federation ?? line.federation;
  const { run } = await setUpFederation(name, { ...Object.fromEntries(before), ...settings });
  const { model } = (run.process ?? {}) as { readonly model?: Model };
  if (model !== undefined) return model;
  throw new UsageError(
    `Cannot export the model of ${name}: need a process of learning, such as federatedAveraging, got one without a model; --format safetensors has its weights`,
  );
}
