// Whether a column is there: in enough rows, and with enough clients.
import { type Anomaly, type FeatureCheck, featureAnomaly } from './anomaly.js';

/** What is proposed where a column misses so few rows that their share is 1 once rounded. */
const NEARLY_ALL = 0.9999;

export function presenceAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const { expected, found, numExamples } = check;
  const { minCount = 0, minFraction = 0 } = expected.presence ?? {};
  const { numNonMissing, numMissing } = found;
  if (numNonMissing === 0 && (minCount > 0 || minFraction > 0)) {
    const why = found.withheld === undefined ? '' : ` (withheld: ${found.withheld})`;
    return [
      featureAnomaly(check, 'FEATURE_TYPE_NOT_PRESENT', `no row has a value${why}`, {
        presence: undefined,
        clients: undefined,
      }),
    ];
  }
  const all: Anomaly[] = [];
  if (numNonMissing < minCount) {
    const presence = { ...expected.presence, minCount: numNonMissing };
    all.push(
      featureAnomaly(
        check,
        'FEATURE_TYPE_LOW_NUMBER_PRESENT',
        `${numNonMissing} rows have a value, at least ${minCount} must`,
        { presence },
      ),
    );
  }
  const fraction = numExamples === 0 ? 1 : numNonMissing / numExamples;
  if (fraction < minFraction || (minFraction === 1 && numMissing > 0)) {
    const presence = { ...expected.presence, minFraction: fraction < minFraction ? fraction : NEARLY_ALL };
    all.push(
      featureAnomaly(
        check,
        'FEATURE_TYPE_LOW_FRACTION_PRESENT',
        `${numNonMissing} of ${numExamples} rows have a value (${shown(fraction)}), at least ${shown(minFraction)} of them must`,
        { presence },
      ),
    );
  }
  return [...all, ...clientAnomalies(check)];
}

/** A column may be there in most rows and be missing at many owners. */
function clientAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const { expected, found } = check;
  const { clients } = found;
  if (expected.clients === undefined) return [];
  const { minFraction } = expected.clients;
  if (clients === null) {
    return [
      featureAnomaly(check, 'STATS_NOT_AVAILABLE', 'clients were not counted, of which a share is expected'),
    ];
  }
  const { withRows, withValues } = clients;
  if (withRows === 0 || withValues / withRows >= minFraction) return [];
  return [
    featureAnomaly(
      check,
      'CLIENT_FRACTION_LOW',
      `${withValues} of ${withRows} clients have a value (${shown(withValues / withRows)}), at least ${shown(minFraction)} of them must`,
      { clients: { minFraction: withValues / withRows } },
    ),
  ];
}

const shown = (fraction: number): string => `${Number((fraction * 100).toPrecision(4))} %`;
