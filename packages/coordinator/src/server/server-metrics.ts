// What the coordinator counts and times, as Prometheus reads it, by prom-client. Names and units follow Prometheus's
// rules: base units, counters end in `_total`. Labels take words of this code alone, and the names of runs, so that no
// client can add one.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Kind = 'gauge' | 'counter' | 'histogram';
type Label = 'reason' | 'run' | 'phase';
type Definition = readonly [kind: Kind, meaning: string, ...labels: Label[]];

const definitions = {
  starling_clients: ['gauge', 'Clients that are joined and ready.'],
  starling_sockets: ['gauge', 'Open sockets, whether joined or not.'],
  starling_round: ['gauge', 'The round that is running, from 1; until the run is over.', 'run'],
  starling_last_commit_timestamp_seconds: [
    'gauge',
    'When a round was last committed, Unix time; until the run is over.',
    'run',
  ],
  starling_rounds_total: ['counter', 'Rounds that were committed.', 'run'],
  starling_rounds_failed_total: ['counter', 'Rounds that failed and kept the state.', 'run'],
  starling_phases_total: ['counter', 'Phases of rounds that were gathered to the end.'],
  starling_deadline_extensions_total: ['counter', 'Deadlines that passed with too few reports.'],
  starling_updates_accepted_total: [
    'counter',
    'Updates that were accepted, those of attempts that were given up included.',
    'run',
    'phase',
  ],
  starling_updates_rejected_total: ['counter', 'Updates that were refused.', 'run', 'phase', 'reason'],
  starling_updates_ignored_total: ['counter', 'Updates that came too late, twice, or unasked.'],
  starling_clients_dropped_total: [
    'counter',
    'Clients of a cohort that did not report.',
    'run',
    'phase',
    'reason',
  ],
  starling_joins_total: ['counter', 'Clients that joined, rejoins included.'],
  starling_refused_total: [
    'counter',
    'Connections and conversations that the coordinator ended, by reason.',
    'reason',
  ],
  starling_wire_errors_total: ['counter', 'Conversations that ended for a fault of the client.'],
  starling_received_bytes_total: ['counter', 'Bytes of messages received from clients.'],
  starling_sent_bytes_total: ['counter', 'Bytes of messages sent to clients.'],
  starling_round_seconds: ['histogram', 'A committed round, from its first ask to its new state.'],
  starling_upload_seconds: ['histogram', 'An update, from its first byte to its last.'],
  starling_aggregation_seconds: ['histogram', 'From the last report of a phase to what it sums to.'],
  starling_commit_seconds: ['histogram', 'From the end of the last phase until the round is committed.'],
} as const satisfies Record<string, Definition>;

export type ServerMetricName = keyof typeof definitions;
type NameOf<K extends Kind> = {
  [N in ServerMetricName]: (typeof definitions)[N][0] extends K ? N : never;
}[ServerMetricName];
export type MetricLabels = Readonly<Partial<Record<Label, string>>>;

export interface ServerMetrics {
  add(name: NameOf<'counter'>, amount?: number, labels?: MetricLabels): void;
  set(name: NameOf<'gauge'>, value: number, labels?: MetricLabels): void;
  /** Forgets a gauge with these labels: what it was of is over. */
  remove(name: NameOf<'gauge'>, labels: MetricLabels): void;
  /** One duration, seconds. */
  observe(name: NameOf<'histogram'>, seconds: number): void;
  /** Of a counter or gauge: its value, over all labels, or with these. Of a histogram: how many were observed. */
  get(name: ServerMetricName, labels?: MetricLabels): number;
  /** The whole page, ready to be served as `contentType`. */
  render(): Promise<string>;
  readonly contentType: string;
}

export interface ServerMetricsOptions {
  /** Whether the page has CPU, memory, files and event loop of this process, too. Default: no. */
  readonly ofProcess?: boolean;
}

/** Milliseconds to minutes. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export function createServerMetrics({ ofProcess = false }: ServerMetricsOptions = {}): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const made = new Map<ServerMetricName, Counter | Gauge | Histogram>();
  for (const [name, [kind, help, ...labelNames]] of Object.entries<Definition>(definitions)) {
    const about = { name, help, labelNames, registers };
    const metric =
      kind === 'gauge'
        ? new Gauge(about)
        : kind === 'counter'
          ? new Counter(about)
          : new Histogram({ ...about, buckets: SECONDS });
    made.set(name as ServerMetricName, metric);
  }
  if (ofProcess) collectDefaultMetrics({ register: registry });
  /** What `get` answers at once, which prom-client does not. */
  const totals = new Map<string, number>();
  const raise = (key: string, amount: number) => totals.set(key, (totals.get(key) ?? 0) + amount);

  return {
    add(name, amount = 1, labels = {}) {
      (made.get(name) as Counter).inc(labels, amount);
      raise(name, amount);
      if (Object.keys(labels).length > 0) raise(keyOf(name, labels), amount);
    },
    set(name, value, labels = {}) {
      (made.get(name) as Gauge).set(labels, value);
      totals.set(name, value);
    },
    remove(name, labels) {
      (made.get(name) as Gauge).remove(labels);
    },
    observe(name, seconds) {
      (made.get(name) as Histogram).observe(seconds);
      raise(name, 1);
    },
    get: (name, labels) => totals.get(labels === undefined ? name : keyOf(name, labels)) ?? 0,
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function keyOf(name: string, labels: MetricLabels): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
}
