// tf.js layers for Node, by `require`: as an import, Node would search its 1.5 MB for the names of its exports whenever
// a process starts, which takes a tenth of a second. Node gets this file for `#tfjs-layers`, others the package itself
// (`imports` in package.json).
import { createRequire } from 'node:module';

const loaded: Readonly<Record<string, unknown>> = createRequire(import.meta.url)('@tensorflow/tfjs-layers');

// biome-ignore format: a list of names; its test compares it with the package
export const {
  Callback, CallbackList, CustomCallback, EarlyStopping, History, InputSpec, LayerVariable, LayersModel,
  RNN, Sequential, SymbolicTensor, callbacks, constraints, initializers, input, layers, loadLayersModel,
  metrics, model, models, registerCallbackConstructor, regularizers, sequential, version_layers,
} = loaded;
