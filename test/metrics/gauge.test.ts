import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredGauges, gauge } from '../../src/metrics/gauge.ts';
import { labelText, labelTexts } from '../../src/metrics/labels.ts';
import { probers } from '../../src/probers/index.ts';
import { runProbe } from '../../src/probe/run.ts';

test('the families of all probers are declared once, by name, with a text', () => {
  assert.ok(
    Object.keys(probers).length > 0 && typeof runProbe === 'function',
    'importing them declares their families',
  );
  const declared = declaredGauges();
  const names = declared.map(({ name }) => name);
  assert.ok(names.length > 50);
  assert.deepEqual(names, [...new Set(names)].sort());
  for (const { name, help, rank } of declared) {
    assert.match(name, /^probe_[a-z][a-z0-9_]*$/);
    // OpenMetrics would want more to be escaped than a backslash.
    assert.match(help, /^[^\n"]{5,}$/, name);
    assert.equal(names[rank], name);
  }
});

test('a family cannot be declared twice', () => {
  gauge('test_declared', 'A family');
  assert.throws(() => gauge('test_declared', 'Another'), /test_declared is declared twice/);
});

test('labels are written sorted, none as nothing', () => {
  assert.equal(labelText({}), '');
  assert.equal(labelText({ a: '' }), '{a=""}');
  assert.equal(labelText({ b: '1', a: '2' }), '{a="2",b="1"}');
});

test('texts of labels that differ in one value', () => {
  assert.deepEqual(labelTexts('phase', ['connect', 'tls']), { connect: '{phase="connect"}', tls: '{phase="tls"}' });
});
