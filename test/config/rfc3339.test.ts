import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRfc3339 } from '../../src/config/rfc3339.ts';

test('reads times of RFC 3339', () => {
  const rows: readonly (readonly [text: string, seconds: bigint, nanos: number])[] = [
    ['1970-01-01T00:00:00Z', 0n, 0],
    ['2024-02-29T12:30:45Z', 1_709_209_845n, 0],
    ['2024-02-29T12:30:45.5Z', 1_709_209_845n, 500_000_000],
    ['2024-02-29T12:30:45.123456789123Z', 1_709_209_845n, 123_456_789],
    ['2024-02-29T12:30:45+02:00', 1_709_202_645n, 0],
    ['2024-02-29T12:30:45-08:30', 1_709_240_445n, 0],
    ['1969-12-31T23:59:59.25Z', -1n, 250_000_000],
    ['0001-01-01T00:00:00Z', -62_135_596_800n, 0],
    ['9999-12-31T23:59:59Z', 253_402_300_799n, 0],
  ];
  for (const [text, seconds, nanos] of rows) assert.deepEqual(parseRfc3339(text), { seconds, nanos }, text);
});

test('refuses what is none', () => {
  const texts = [
    '',
    '2024-01-01',
    '2024-01-01T00:00:00',
    '2024-01-01 00:00:00Z',
    '2024-01-01t00:00:00z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00+24:00',
    '2024-01-01T00:00:00.Z',
    '10000-01-01T00:00:00Z',
  ];
  for (const text of texts) assert.throws(() => parseRfc3339(text), text);
});
