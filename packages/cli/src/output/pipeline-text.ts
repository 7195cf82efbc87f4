// A run of a pipeline as lines for a terminal: a row a node, drawn again where it stands as long as it changes.
import type { NodeEvent, PipelineResult } from '@starling/pipeline';
import { formatDuration } from './numbers.js';
import { printLine } from './print.js';
import { visible } from './visible.js';

/** Words of a row are cut here. */
const WIDTH = 100;

export interface PipelineView {
  onNode(event: NodeEvent): void;
  end(result: PipelineResult): void;
}

/** On a terminal a table that stays where it is; elsewhere a line as each node ends. */
export function pipelineView(stream: {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}): PipelineView {
  const rows = new Map<string, NodeEvent>();
  let drawn = 0;
  const draw = (): void => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    stream.write(`${up}${[...rows.values()].map((row) => `\u001b[2K${visible(rowOf(row))}\n`).join('')}`);
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

function rowOf({ node, status, words, wallMs }: NodeEvent): string {
  const time = wallMs > 0 ? formatDuration(wallMs) : '';
  return `${node.padEnd(16)} ${status.padEnd(9)} ${words.slice(0, WIDTH)}${time === '' ? '' : `  ${time}`}`;
}

/** Why it was refused or failed, and in what it ended. */
export function endLines({ run, outcome, nodes, fingerprint, wallMs }: PipelineResult): readonly string[] {
  const judged = nodes.filter(({ status }) => status === 'refused' || status === 'failed');
  const reasons = judged.flatMap(({ node, reasons: all }) => all.map((reason) => `  ${node}: ${reason}`));
  return [
    ...reasons,
    `run ${run} ${outcome} in ${formatDuration(wallMs)}, fingerprint ${fingerprint.slice(0, 12)}`,
  ];
}
