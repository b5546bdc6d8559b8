import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csv, ndjson, type RowFormat } from '../../src/sweep/row-format.ts';
import type { Row } from '../../src/sweep/row.ts';
import { failed, row } from './rows.ts';

const formats: Readonly<Record<string, RowFormat>> = { ndjson, csv };

const anyText = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll(/[\r\n]/g, '"'));
const anyRow: fc.Arbitrary<Row> = fc.record(
  {
    number: fc.integer({ min: 1 }),
    time: fc.constant('2026-11-25T12:00:00.000Z'),
    target: anyText,
    module: anyText,
    success: fc.boolean(),
    duration_seconds: fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1e6),
    phase: anyText,
    reason: anyText,
    message: anyText,
    http_status: fc.integer({ min: 100, max: 599 }),
    certificate_expiry: fc.constant('2027-01-01T00:00:00.000Z'),
    socket_after_close: anyText,
  },
  { requiredKeys: ['number', 'time', 'target', 'module', 'success', 'duration_seconds'] },
);

for (const [name, format] of Object.entries(formats)) {
  test(`a row in ${name} is one line, and is read as it was written`, () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const line = format.write(row);
        assert.equal(line.indexOf('\n'), line.length - 1);
        assert.deepEqual({ ...format.read(line.slice(0, -1)) }, { ...row });
      }),
    );
  });
}

test('csv has a header, quotes where it must, and no newline within a row', () => {
  const line = csv.write(failed('check', 'regexp', { target: 'a,"b"', message: 'one\r\ntwo' }));
  assert.equal(
    csv.header,
    'number,time,target,module,success,duration_seconds,phase,reason,message,http_status,certificate_expiry,socket_after_close\n',
  );
  assert.equal(line, '1,2026-11-25T12:00:00.000Z,"a,""b""",http_2xx,false,0.012,check,regexp,one two,,,\n');
});

const noRows: readonly [format: string, line: string][] = [
  ['ndjson', ''],
  ['ndjson', '{'],
  ['ndjson', 'null'],
  ['ndjson', '[]'],
  ['ndjson', '{"number":1}'],
  ['ndjson', JSON.stringify(row({ number: 0 }))],
  ['ndjson', JSON.stringify(row({ number: 1.5 }))],
  ['ndjson', JSON.stringify({ ...row(), phase: 1 })],
  ['csv', ''],
  ['csv', '1,2'],
  ['csv', 'x,t,a,m,true,0.1,,,,,,'],
  ['csv', '1,t,a,m,yes,0.1,,,,,,'],
];

for (const [name, line] of noRows) {
  test(`${JSON.stringify(line)} is no row in ${name}`, () => assert.throws(() => formats[name]?.read(line)));
}
