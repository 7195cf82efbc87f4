import { describe, expect, test } from 'vitest';
import { pipelineView } from './pipeline-text.js';

const event = (words: string, wallMs = 0) => ({
  node: 'statistics',
  component: 'StatisticsGen',
  status: 'complete' as const,
  words,
  wallMs,
});

describe('pipelineView', () => {
  test('keeps each row on one line of the terminal, and draws over what it drew', () => {
    let written = '';
    const stream = { isTTY: true, columns: 80, write: (text: string) => (written += text) };
    const view = pipelineView(stream);
    view.onNode(event('x'.repeat(200), 1500));
    view.onNode(event('done', 1500));
    // Erase a line, write it, and go up as many lines as there are rows.
    const [, first = '', second = ''] = written.split('\u001b[2K');
    const [row = '', up] = first.split('\n');
    expect(row).toHaveLength(79);
    expect(row).toMatch(/^statistics {7}complete {2}x+… {2}1\.5 s$/);
    expect(up).toBe('\u001b[1A');
    expect(second).toBe('statistics       complete  done  1.5 s\n');
  });
});
