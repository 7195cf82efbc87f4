// What the coordinator counts, in the Prometheus text format (version 0.0.4). Names and units follow
// Prometheus's rules: base units, counters end in `_total`.

const definitions = {
  starling_clients: ['gauge', 'Clients that are joined and ready.'],
  starling_sockets: ['gauge', 'Open sockets, whether joined or not.'],
  starling_round: ['gauge', 'The round that is running, from 1.'],
  starling_rounds_total: ['counter', 'Rounds that were committed.'],
  starling_rounds_failed_total: ['counter', 'Rounds that failed and kept the state.'],
  starling_phases_total: ['counter', 'Phases of rounds that were gathered to the end.'],
  starling_deadline_extensions_total: ['counter', 'Deadlines that passed with too few reports.'],
  starling_updates_accepted_total: ['counter', 'Updates that count.'],
  starling_updates_rejected_total: ['counter', 'Updates that were refused.'],
  starling_updates_ignored_total: ['counter', 'Updates that came too late, twice, or unasked.'],
  starling_clients_dropped_total: ['counter', 'Clients of a cohort that did not report.'],
  starling_joins_total: ['counter', 'Clients that joined, rejoins included.'],
  starling_wire_errors_total: ['counter', 'Conversations that ended for a fault of the client.'],
  starling_received_bytes_total: ['counter', 'Bytes of messages received from clients.'],
  starling_sent_bytes_total: ['counter', 'Bytes of messages sent to clients.'],
} as const satisfies Record<string, readonly ['gauge' | 'counter', string]>;

export type ServerMetricName = keyof typeof definitions;

export interface ServerMetrics {
  add(name: ServerMetricName, amount?: number): void;
  set(name: ServerMetricName, value: number): void;
  get(name: ServerMetricName): number;
  /** The whole page, ready to be served as `text/plain; version=0.0.4`. */
  render(): string;
}

export function createServerMetrics(): ServerMetrics {
  const values = new Map<ServerMetricName, number>();
  const get = (name: ServerMetricName): number => values.get(name) ?? 0;
  return {
    get,
    add: (name, amount = 1) => void values.set(name, get(name) + amount),
    set: (name, value) => void values.set(name, value),
    render: () =>
      (Object.keys(definitions) as ServerMetricName[])
        .map((name) => {
          const [kind, help] = definitions[name];
          return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${get(name)}\n`;
        })
        .join(''),
  };
}
