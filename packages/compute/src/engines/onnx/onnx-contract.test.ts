// The onnx engine against the engine contract.
import { engineContract } from '../../contract/engine-contract.js';
import { createOnnxEngine } from './onnx-engine.js';

engineContract('onnx', createOnnxEngine);
