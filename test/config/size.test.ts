import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSize } from '../../src/config/size.ts';

const [kib, mib, gib, tib, pib, eib] = [2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40, 2 ** 50, 2 ** 60];

/** Sizes in bytes, as blackbox_exporter 0.28 reads them. */
const sizes: readonly (readonly [text: string, bytes: number])[] = [
  ['10B', 10],
  ['1KB', kib],
  ['1KiB', kib],
  ['1MB', mib],
  ['1MiB', mib],
  ['1GB', gib],
  ['1TB', tib],
  ['1PB', pib],
  ['1EB', eib],
  ['7EiB', 7 * eib],
  ['8EiB', 8 * eib],
  ['1.5MB', mib + 512 * kib],
  ['0.5KiB', 512],
  ['.5MB', 512 * kib],
  ['1.MB', mib],
  ['+1MB', mib],
  ['-1MB', -mib],
  ['0', 0],
  ['+0', 0],
  ['0B', 0],
  ['1MB1KB', mib + kib],
  ['1KB1.5B', kib + 1],
  ['1GiB2MiB3KiB4B', gib + 2 * mib + 3 * kib + 4],
  ['5B5B', 10],
  ['0.5B0.5B', 1],
  ['1.9B5.2B', 7],
  ['1.5B', 1],
  ['00010B', 10],
  ['0.1MB', 102 * kib + 409],
  ['0.0000001KB', 0],
  ['1.23456789MB', mib + 240 * kib + 202],
];

for (const [text, bytes] of sizes) {
  test(`reads the size ${text}`, () => assert.equal(parseSize(text), bytes));
}

const shape = 'must be a size such as 512B, 10MB or 1GiB';
const units = 'must be a size whose units are B, KB, MB, GB, TB, PB or EB, not';
const mixed = 'must be a size in one kind of units: either KB, MB, ... or KiB, MiB, ...';
const refused: readonly (readonly [text: string, message: string])[] = [
  ['', shape],
  ['.', shape],
  ['-', shape],
  ['true', shape],
  ['.B', shape],
  ['10', 'must be a size with a unit, such as 10B'],
  ['00', 'must be a size with a unit, such as 00B'],
  ['1.5', 'must be a size with a unit, such as 1B'],
  ['1MiB1', 'must be a size with a unit, such as 1B'],
  ['1kB', `${units} "kB"`],
  ['1kb', `${units} "kb"`],
  ['1KIB', `${units} "KIB"`],
  ['1iB', `${units} "iB"`],
  ['1M', `${units} "M"`],
  ['1ZB', `${units} "ZB"`],
  ['1 MB', `${units} " MB"`],
  ['1e3B', `${units} "e"`],
  ['0x10', `${units} "x"`],
  ['1_000B', `${units} "_"`],
  ['1MiB1KB', mixed],
  ['1KB1MiB', mixed],
];

for (const [text, message] of refused) {
  test(`refuses the size ${JSON.stringify(text)}`, () => assert.throws(() => parseSize(text), { message }));
}
