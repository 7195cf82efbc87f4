import { expect, test } from 'vitest';
import { written } from '../testing/written-file.js';
import { inspectCsv } from './inspect-csv.js';

const content =
  'site,age,sex,ca\nulm,63,m,0\nbonn,37,f,1.5\nulm,,m,?\nulm,41,f,2\nbonn,50,m,3\nbonn,51,m,0\n';

test('`inspectCsv` tells rows, columns, missing values and what is odd', () => {
  const report = inspectCsv(written('hearts.csv', content));
  expect(report).toMatchObject({ format: 'CSV', rows: 6, bytes: content.length, clients: null });
  expect(report.columns[1]).toEqual({
    name: 'age',
    type: 'int32()',
    missing: 1,
    distinct: 5,
    min: 37,
    max: 63,
    examples: ['63', '37', '41'],
    note: null,
  });
  expect(report.columns[2]?.note).toBe(
    "sex has 2 different texts: types: { sex: categories(['f', 'm']) } makes numbers of them",
  );
  expect(report.columns[3]?.note).toBe(
    "ca: 1 value is not a number, such as '?' in line 4. If it marks a missing value: missing: { marks: ['?'] }",
  );
});

test('`inspectCsv` tells the sizes of clients when their column is named', () => {
  const report = inspectCsv(written('hearts.csv', content), { client: 'site' });
  expect(report.clients).toEqual({ column: 'site', count: 2, rows: { min: 3, median: 3, max: 3 } });
});
