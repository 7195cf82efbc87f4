// The faults of a simulation, for those who read them: the schema, with what a document says of each field, and what
// checks it. What simulates them is in the main entry.
export {
  byzantineSchemas,
  corruptSchemas,
  type Faults,
  type FaultsInput,
  faultsSchema,
  latencySchemas,
  ruleSchemas,
} from './faults/fault-schema.js';
export { type FaultProblem, FaultsError, pathText } from './faults/faults-error.js';
export { readFaults } from './faults/read-faults.js';
