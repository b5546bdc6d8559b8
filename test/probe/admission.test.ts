import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission } from '../../src/probe/admission.ts';

test('as many probes run at once as may, and one more when one has ended', () => {
  const admission = new Admission({ maxInFlight: 2 });
  assert.equal(admission.begin('a', 1), undefined);
  assert.equal(admission.begin('a', 1), undefined);
  assert.equal(admission.begin('b', 1), 'too_many_probes');
  assert.equal(admission.running, 2);
  admission.end('a');
  assert.equal(admission.begin('b', 1), undefined);
});

test('a host that has its share does not keep others out', () => {
  const admission = new Admission({ maxPerHost: 2 });
  assert.equal(admission.begin('http://a.test/one', 1), undefined);
  assert.equal(admission.begin('A.test:25', 1), undefined);
  assert.equal(admission.begin('https://user@a.test./', 1), 'too_many_probes_of_host');
  assert.equal(admission.begin('b.test', 1), undefined);
  assert.equal(admission.running, 3);
  admission.end('A.test:25');
  assert.equal(admission.begin('a.test', 1), undefined);
  for (const target of ['http://a.test/one', 'a.test', 'b.test']) admission.end(target);
  assert.equal(admission.running, 0);
});

test('without limits any number may run', () => {
  const admission = new Admission();
  for (let begun = 0; begun < 5000; begun++) assert.equal(admission.begin('a', 1), undefined);
  assert.equal(admission.running, 5000);
});

test('what remains is the time of the probe that may last longest, and nothing when none runs', () => {
  const admission = new Admission();
  admission.begin('a', 100);
  admission.begin('b', 1);
  assert.ok(admission.remaining > 90_000 && admission.remaining <= 100_000);
  admission.end('a');
  admission.end('b');
  assert.equal(admission.remaining, 0);
});
