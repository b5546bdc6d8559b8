import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexPage } from '../../src/web/index-page.ts';
import type { RecentProbe } from '../../src/web/index-page.ts';

const probe: RecentProbe = {
  id: 7,
  time: Date.UTC(2026, 0, 2, 3, 4, 5),
  module: 'http_2xx',
  target: 'http://a.example/?a=1&b=2',
  duration: 0.25,
  failure: undefined,
};

test('the page links to metrics and configuration by relative links', () => {
  const page = indexPage({ version: '1.2.3', recent: [], logs: true });
  assert.match(page, /href="metrics"/);
  assert.match(page, /href="config"/);
  assert.match(page, /1\.2\.3/);
  assert.ok(!/(?:href|src)="\//.test(page));
});

test('a recent probe is a row with its time, result and a link to its log', () => {
  const page = indexPage({ version: '1', recent: [probe], logs: true });
  assert.match(page, /2026-01-02 03:04:05/);
  assert.match(page, /<td>http_2xx<\/td>/);
  assert.match(page, /http:\/\/a\.example\/\?a=1&amp;b=2/);
  assert.match(page, /Success/);
  assert.match(page, /href="logs\?id=7"/);
});

test('a failure is told with its reason', () => {
  assert.match(
    indexPage({ version: '1', recent: [{ ...probe, failure: 'connect: refused' }], logs: true }),
    /Failure<\/span> connect: refused/,
  );
});

test('what came from outside is escaped', () => {
  const evil = `<script>alert("x")</script>'&`;
  const page = indexPage({
    version: evil,
    recent: [{ ...probe, module: evil, target: evil, failure: evil }],
    logs: true,
  });
  assert.ok(!page.includes('<script'));
  assert.equal(page.split('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;').length - 1, 4);
});

test('without logs there is no link to them', () => {
  const page = indexPage({ version: '1', recent: [probe], logs: false });
  assert.ok(!page.includes('logs?id='));
  assert.ok(!page.includes('debug=true'));
});
