import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Logger, formatRecord } from '../../src/log/logger.ts';
import type { LoggerOptions } from '../../src/log/logger.ts';
import type { Attributes } from '../../src/log/probe-log.ts';

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function logfmt(message: string, attributes?: Attributes): string {
  return formatRecord({ time, level: 'info', message, attributes }, 'logfmt');
}

function lines(options: Omit<LoggerOptions, 'write'>, use: (logger: Logger) => void): string[] {
  const written: string[] = [];
  use(new Logger({ ...options, write: (line) => written.push(line) }));
  return written;
}

test('a logfmt line has time, level, message and attributes in order', () => {
  assert.equal(
    logfmt('Listening on', { address: '127.0.0.1:9115', tls: false }),
    'time=2026-01-02T03:04:05.678Z level=INFO msg="Listening on" address=127.0.0.1:9115 tls=false\n',
  );
});

const values: readonly [value: unknown, shown: string][] = [
  ['plain', 'plain'],
  ['', '""'],
  ['two words', '"two words"'],
  ['a=b', '"a=b"'],
  ['say "hi"', String.raw`"say \"hi\""`],
  ['line\nbreak', String.raw`"line\nbreak"`],
  ['\u001b[31mred', String.raw`"\u001b[31mred"`],
  ['\u009b31m', String.raw`"\u009b31m"`],
  ['\u2028', String.raw`"\u2028"`],
  ['größe', 'größe'],
  [1.5, '1.5'],
  [10n, '10'],
  [null, 'null'],
  [new Error('it broke'), '"it broke"'],
  [['a', 1], String.raw`"[\"a\",1]"`],
  [new Date(time), String.raw`"\"2026-01-02T03:04:05.678Z\""`],
];

for (const [value, shown] of values) {
  test(`logfmt shows ${JSON.stringify(String(value))} as ${shown}`, () => {
    assert.ok(logfmt('x', { value }).endsWith(` value=${shown}\n`), logfmt('x', { value }));
  });
}

test('an undefined attribute is left out', () => {
  assert.equal(logfmt('x', { gone: undefined }), 'time=2026-01-02T03:04:05.678Z level=INFO msg=x\n');
});

test('a value that refers to itself does not break the log', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  assert.match(logfmt('x', { circular }), /circular="\\?"?not loggable/);
});

test('the context comes before the attributes', () => {
  const record = { time, level: 'warn', message: 'x', attributes: { b: 2 } } as const;
  assert.equal(formatRecord(record, 'logfmt', { a: 1 }), 'time=2026-01-02T03:04:05.678Z level=WARN msg=x a=1 b=2\n');
});

test('a JSON line keeps the types of its values', () => {
  const record = {
    time,
    level: 'error',
    message: 'x',
    attributes: { n: 1, big: 2n, err: new Error('it broke') },
  } as const;
  const line = formatRecord(record, 'json', { module: 'tcp' });
  assert.ok(line.endsWith('}\n'));
  assert.deepEqual(JSON.parse(line), {
    time: '2026-01-02T03:04:05.678Z',
    level: 'ERROR',
    msg: 'x',
    module: 'tcp',
    n: 1,
    big: '2',
    err: 'it broke',
  });
});

test('records below the level are not written', () => {
  const written = lines({ level: 'warn', format: 'logfmt' }, (logger) => {
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
  });
  assert.deepEqual(
    written.map((line) => /msg=(\S+)/.exec(line)?.[1]),
    ['c', 'd'],
  );
});

test('a record that is handed on is written whatever its level', () => {
  const written = lines({ level: 'error', format: 'logfmt' }, (logger) => {
    logger.write({ time, level: 'debug', message: 'x', attributes: undefined });
  });
  assert.equal(written.length, 1);
});
