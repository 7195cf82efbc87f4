// The in-process runtime against the runtime contract.
import { runtimeContract } from '../contract.js';
import { inProcessRuntime } from './in-process-runtime.js';

runtimeContract('inProcessRuntime', () => inProcessRuntime());
