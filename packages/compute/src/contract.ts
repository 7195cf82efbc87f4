// The suite that every engine passes; it runs in vitest, and users may call it for their own.
export { engineContract } from './contract/engine-contract.js';
export { TENSORFLOW_ATTRIBUTES } from './engines/tfjs/tensorflow-attributes.js';
