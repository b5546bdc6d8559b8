import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, readOptions } from '../../bench/options.ts';

test('options', () => {
  const { seconds, rounds, only, nodes, workers, quick } = readOptions(['--quick', '--rounds=2', '--only=http,tcp']);
  assert.deepEqual(
    { seconds, rounds, only, workers, quick },
    { seconds: 1, rounds: 2, only: ['http', 'tcp'], workers: 2, quick: true },
  );
  assert.deepEqual(nodes, [{ path: process.execPath, version: process.versions.node }]);
  assert.deepEqual(readOptions([`--node=${process.execPath}`]).nodes, nodes);
  assert.throws(() => readOptions(['--seconds=0']), /--seconds: "0" is no whole number above 0/);
  assert.throws(() => readOptions(['--fast']), /--fast/);
});

test('only what is there can be chosen', () => {
  const all = [{ name: 'http' }, { name: 'tcp' }];
  assert.deepEqual(chosen(all, []), all);
  assert.deepEqual(chosen(all, ['tcp']), [{ name: 'tcp' }]);
  assert.throws(() => chosen(all, ['ftp']), /--only: ftp is none of http, tcp/);
});
