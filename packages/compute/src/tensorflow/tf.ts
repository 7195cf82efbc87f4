// tf.js as this package and its users have it: the core with a cpu backend, chained operations (`x.add(y)`), wrong
// gradients and layers corrected, and without its advice on stderr. Everything else in Starling reaches tf.js through
// here.
import '#tfjs-backend-cpu';
import * as tf from '#tfjs-core';
import { chainOperations } from './chained-operations.js';
import { correctGradients } from './gradient-corrections.js';
import { correctLayers } from './layer-corrections.js';

chainOperations();
correctGradients();
correctLayers();
// In tf.js this flag turns off advice and deprecation notices, and nothing else.
tf.env().set('PROD', true);

// For the types of chained operations alone, here and wherever this file's types are read: the module itself cannot be
// loaded as an ES module of Node.
export type * from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
export * from '#tfjs-core';
