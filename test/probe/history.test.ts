import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProbeHistory, maskUserinfo } from '../../src/probe/history.ts';
import { probeResult } from './results.ts';

function ids(history: ProbeHistory): number[] {
  return history.list().map(({ id }) => id);
}

test('results are numbered from 0 and listed newest first', () => {
  const history = new ProbeHistory({ limit: 10 });
  for (const target of ['a', 'b', 'c']) history.add(probeResult({ target }));
  assert.deepEqual(ids(history), [2, 1, 0]);
  assert.equal(history.get(1)?.result.target, 'b');
  assert.equal(history.get(3), undefined);
});

test('successes beyond the limit are dropped, failures are kept beside the recent ones', () => {
  const history = new ProbeHistory({ limit: 2 });
  for (const success of [false, true, false, true, true, true]) history.add(probeResult({ success }));
  assert.deepEqual(ids(history), [5, 4, 2, 0]);
});

test('the failures kept longer are limited as well', () => {
  const history = new ProbeHistory({ limit: 2 });
  for (let count = 0; count < 10; count += 1) history.add(probeResult({ success: false }));
  assert.deepEqual(ids(history), [9, 8, 7, 6]);
});

test('a limit of 0 keeps nothing', () => {
  const history = new ProbeHistory({ limit: 0 });
  history.add(probeResult({ success: false }));
  assert.deepEqual(ids(history), []);
});

test('the newest probe of a target is found, of one module when it is named', () => {
  const history = new ProbeHistory({ limit: 3 });
  history.add(probeResult({ target: 'a', success: false }));
  history.add(probeResult({ target: 'a', module: 'tcp' }));
  history.add(probeResult({ target: 'a' }));
  history.add(probeResult({ target: 'b' }));
  assert.equal(history.find('a')?.id, 2);
  assert.equal(history.find('a', 'tcp')?.id, 1);
  assert.equal(history.find('a', 'dns'), undefined);
  assert.equal(history.find('c'), undefined);
});

test('a target with credentials is found as given and as shown', () => {
  const history = new ProbeHistory({ limit: 3 });
  history.add(probeResult({ target: 'http://user:pass@host/' }));
  assert.equal(history.find('http://user:pass@host/')?.id, 0);
  assert.equal(history.find('http://<secret>@host/')?.id, 0);
});

test('the bytes of all results are bounded', () => {
  const history = new ProbeHistory({ limit: 1000, maxBytes: 40_000 });
  for (let count = 0; count < 100; count += 1) {
    history.add(probeResult({ success: count % 2 === 0, message: 'x'.repeat(1000) }));
  }
  const kept = history.list();
  assert.ok(kept.length > 10 && kept.length < 40, `${kept.length} results are kept`);
  assert.equal(kept[0]?.id, 99);
  assert.ok(kept.at(-1)?.result.success === false, 'the oldest that is kept is a failure');
});

test('one result larger than the bound is not kept', () => {
  const history = new ProbeHistory({ limit: 10, maxBytes: 1000 });
  history.add(probeResult({ message: 'x'.repeat(5000), success: false }));
  assert.deepEqual(ids(history), []);
});

const masked: readonly [target: string, shown: string][] = [
  ['http://user:pass@host:80/path?q=a@b', 'http://<secret>@host:80/path?q=a@b'],
  ['https://token@host', 'https://<secret>@host'],
  ['user:pass@host:25', '<secret>@host:25'],
  ['http://a:p@ss@host/', 'http://<secret>@host/'],
  ['http://host/path@version', 'http://host/path@version'],
  ['http://host/?mail=a@b', 'http://host/?mail=a@b'],
  ['host:25', 'host:25'],
  ['[2001:db8::1]:443', '[2001:db8::1]:443'],
];

for (const [target, shown] of masked) {
  test(`the target ${target} is shown as ${shown}`, () => {
    assert.equal(maskUserinfo(target), shown);
  });
}
