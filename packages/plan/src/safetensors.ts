// Tensors as bytes, and the hashes that name them: what checkpoints, broadcasts and updates hold. Loads in a browser.
export { BodyError } from './safetensors/body-error.js';
export {
  decodeLeaves,
  decodeSafetensors,
  encodeLeaves,
  encodeSafetensors,
  type Safetensors,
  type SafetensorsLimits,
} from './safetensors/safetensors.js';
export { sha256Hex } from './safetensors/sha256.js';
export { stateHash } from './safetensors/state-hash.js';
