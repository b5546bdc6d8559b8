import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSection } from '../../bench/report/section.ts';
import { table } from '../../bench/report/table.ts';

test('a table', () => {
  assert.equal(
    table(
      ['case', 'cost'],
      [
        ['http', '9 us'],
        ['dns', '1,100 us'],
      ],
    ),
    '| case |     cost |\n| ---- | -------: |\n| http |     9 us |\n| dns  | 1,100 us |\n',
  );
});

test('a section of a document is replaced, and nothing else', () => {
  const document = (body: string): string =>
    `# Title\n\n<!-- limit: written by the benchmark -->\n${body}<!-- end of limit -->\n\nAnd more.\n`;
  assert.equal(replaceSection(document('old\n'), 'limit', 'new\n'), document('\nnew\n\n'));
  assert.throws(() => replaceSection('# Title\n', 'limit', 'new'), /no section limit/);
});
