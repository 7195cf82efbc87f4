// Plans for tests of what sends and reads them.
export { keysPlan, MAX_KEYS } from './testing/keys-plan.js';
