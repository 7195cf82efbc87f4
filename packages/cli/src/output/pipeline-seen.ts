// What the server sees of the clients while a node of a pipeline is made, in words: for the report of a run, and for
// those who look before one.

const SEEN: Readonly<Record<string, string>> = {
  ExampleGen: 'nothing: clients cut their own rows',
  StatisticsGen: 'sums over all clients: counts, digits of sums, counts below thresholds, tables of values',
  SchemaGen: 'nothing more: it reads statistics',
  ImportSchemaGen: 'nothing: it is a file',
  ExampleValidator: 'nothing more: it reads statistics',
  Transform: 'sums over all clients, for each analyzer',
  Trainer: 'what the algorithm aggregates of each cohort, round by round',
  Evaluator: 'sums over parts of the clients: four integers for each group and threshold',
  ModelValidator: 'nothing more, or sums over the clients of its trial',
  InfraValidator: 'nothing: its rows are made up from statistics',
  Pusher: 'nothing',
};

/** Of a node by the name of its component; empty for one of another kind. */
export function seenBy(component: string): string {
  return SEEN[component] ?? '';
}
