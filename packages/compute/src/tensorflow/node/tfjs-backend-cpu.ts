// The cpu backend of tf.js for Node, by `require` (see tfjs-core.ts). It is imported for its effect alone: it
// registers.
import { createRequire } from 'node:module';

createRequire(import.meta.url)('@tensorflow/tfjs-backend-cpu');
