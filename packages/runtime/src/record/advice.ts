// What can be done about clients that are missing, by the code of their reason: the advice fits what happened, and
// there is none where nothing general is true.
import type { LostClients } from './record-line.js';

const ADVICE: Readonly<Record<string, string>> = {
  'load-failed': "fix what the population's load reads for these clients, or draw cohorts without them",
  'bad-data': "make load give what the population's dataType says; the reason has the part at fault",
  'work-failed': 'fix the local computation that the reason names, or the data that it was given',
  'non-finite-update':
    "look for NaN in these clients' data, and for labels that are no class (classes are 0 to their number − 1); if training diverges, lower the learning rate or clip updates",
  'invalid-weight': 'give a weight that is 0 or more',
  'out-of-range': 'give the secure sum a wider range, or clip values before it',
  'key-out-of-range': 'give keyBound as many slices as there are, or map keys into it',
  'too-many-keys': 'raise maxKeys, or have each client ask for fewer slices',
  'norm-too-large':
    "see what these clients' data and training have in common; if such updates are right, raise --max-update-norm",
  'weight-too-large': 'see why these clients weigh so much; if that is right, raise --max-weight',
  'wrong-update': 'have client and coordinator run one plan, of one version of Starling',
  deadline: 'give rounds a longer deadline, or see whether these clients are up and reach the coordinator',
  left: 'start these clients again, if they are to take part',
};

/** A line for each code that there is advice on, such as `load-failed: fix what …`, in the order of the groups. */
export function adviceOn(lost: readonly LostClients[]): readonly string[] {
  const codes = [...new Set(lost.map(({ code }) => code))];
  return codes.flatMap((code) => (Object.hasOwn(ADVICE, code) ? [`${code}: ${ADVICE[code]}`] : []));
}
