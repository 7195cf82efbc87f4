// A run of a pipeline as lines for a terminal: a row a node, drawn again where it stands as long as it changes.
import type { NodeEvent, PipelineResult } from '@starling/pipeline';
import { formatDuration } from './numbers.js';
import { printLine } from './print.js';
import { visible } from './visible.js';

/** Words of a row are cut here, or where the terminal ends: a row that wrapped would not be drawn over. */
const MOST_WORDS = 100;
const LEAST_WORDS = 10;

export interface PipelineView {
  onNode(event: NodeEvent): void;
  end(result: PipelineResult): void;
}

/** On a terminal a table that stays where it is; elsewhere a line as each node ends. */
export function pipelineView(stream: {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}): PipelineView {
  const rows = new Map<string, NodeEvent>();
  let drawn = 0;
  const draw = (): void => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    stream.write(
      `${up}${[...rows.values()].map((row) => `\u001b[2K${visible(rowOf(row, stream.columns))}\n`).join('')}`,
    );
    drawn = rows.size;
  };
  return {
    onNode(event) {
      rows.set(event.node, event);
      if (stream.isTTY === true) draw();
      else if (event.status !== 'waiting' && event.status !== 'running') printLine(rowOf(event));
    },
    end(result) {
      for (const line of endLines(result)) printLine(line);
    },
  };
}

function rowOf({ node, status, words, wallMs }: NodeEvent, columns = Number.POSITIVE_INFINITY): string {
  const head = `${node.padEnd(NODE_WIDTH)} ${status.padEnd(STATUS_WIDTH)} `;
  const time = wallMs > 0 ? `  ${formatDuration(wallMs)}` : '';
  const room = Math.max(LEAST_WORDS, Math.min(MOST_WORDS, columns - 1 - head.length - time.length));
  const shown = words.length <= room ? words : `${words.slice(0, room - 1)}…`;
  return `${head}${shown}${time}`;
}

const NODE_WIDTH = 16;
const STATUS_WIDTH = 9;

/** Why it was refused or failed, and in what it ended. */
export function endLines({ run, outcome, nodes, fingerprint, wallMs }: PipelineResult): readonly string[] {
  const judged = nodes.filter(({ status }) => status === 'refused' || status === 'failed');
  const reasons = judged.flatMap(({ node, reasons: all }) => all.map((reason) => `  ${node}: ${reason}`));
  return [
    ...reasons,
    `run ${run} ${outcome} in ${formatDuration(wallMs)}, fingerprint ${fingerprint.slice(0, 12)}`,
  ];
}
