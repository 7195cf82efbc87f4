// The tfjs engine on its backends against the engine contract.
import { engineContract } from '../../contract/engine-contract.js';
import { createTfjsEngine } from './tfjs-engine.js';

engineContract('tfjs on cpu', () => createTfjsEngine());
engineContract('tfjs on wasm', () => createTfjsEngine({ backend: 'wasm' }));
