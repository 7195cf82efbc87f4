// A pipeline as a DAG file of Apache Airflow: each node is the same command, on one directory. Airflow decides when,
// and the command what is still to be done. What is refused is a task that failed (exit code 3), and nothing follows
// it.
import type { BuiltPipeline } from '../define/define-pipeline.js';

export interface AirflowOptions {
  /** The words that run a node, up to its name: `['starling', 'pipeline', 'run', 'taxi']`. */
  readonly command: readonly string[];
  /** The folder that the command runs in: Airflow's own would not have the files that it names. */
  readonly folder: string;
  /** For the head of the file. */
  readonly description: string;
}

/** The text of the file: Python, for Airflow 2 and 3. */
export function airflowDag(
  { name, nodes }: BuiltPipeline,
  { command, folder, description }: AirflowOptions,
): string {
  const tasks = nodes.map(({ name: node, component }) => {
    const line = [...command, '--node', node].map(shellWord).join(' ');
    return `    ${variable(node)} = BashOperator(
        task_id=${python(node)},
        doc=${python(component)},
        bash_command=${python(line)},
        cwd=FOLDER,
        append_env=True,
    )`;
  });
  const edges = nodes.flatMap(({ name: node, inputs }) => {
    const before = [...new Set(Object.values(inputs).map((input) => variable(input.name)))];
    return before.length === 0 ? [] : [`    [${before.join(', ')}] >> ${variable(node)}`];
  });
  return `# ${name}: ${description.replaceAll('\n', ' ')}
# Written by starling pipeline compile; a change belongs in the pipeline.
import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

# Where the command is run.
FOLDER = ${python(folder)}

with DAG(
    dag_id=${python(name.replaceAll(/[^\w.-]/g, '_'))},
    description=${python(description)},
    start_date=datetime.datetime(2024, 1, 1),
    schedule=None,
    catchup=False,
    # One command at a time writes to the directory.
    max_active_tasks=1,
    max_active_runs=1,
) as dag:
${tasks.join('\n')}
${edges.join('\n')}
`;
}

const variable = (node: string): string => `node_${node.replaceAll(/\W/g, '_')}`;

/** A JSON string is a Python string, too. */
const python = (text: string): string => JSON.stringify(text);

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
