import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listeners } from '../../src/server/listen.ts';
import { exchange } from './exchange.ts';
import { testApp } from './test-app.ts';

const prefixed = { paths: { externalUrl: 'http://ex.example/bb', routePrefix: '/bb/' } };

for (const url of ['/', '/?a=%zz', '/nope', '/-/healthy/', '/a/b/c']) {
  test(`${url} is answered by the page`, async () => {
    const answer = await testApp().app.inject(url);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(answer.body, /<title>Clearbox Exporter<\/title>/);
  });
}

test('the page shows recent probes, newest first, escaped and without credentials', async () => {
  const { app } = testApp();
  await app.inject('/probe?target=first');
  await app.inject('/probe?target=http://user:hunter2@host/%3Cscript%3E');
  await app.inject('/probe?target=bad');
  const { body } = await app.inject('/');
  assert.ok(!body.includes('hunter2'));
  assert.ok(!body.includes('<script'));
  const bad = body.indexOf('connect: refused');
  const script = body.indexOf('http://&lt;secret&gt;@host/&lt;script&gt;');
  const first = body.indexOf('>first<');
  assert.ok(0 < bad && bad < script && script < first);
});

const redirects: readonly [url: string, status: number, location: string | undefined][] = [
  ['/', 302, 'http://ex.example/bb'],
  ['/?a=b', 302, 'http://ex.example/bb'],
  ['/bb', 301, '/bb/'],
  ['/bb?a=b', 301, '/bb/?a=b'],
  ['/bb/', 200, undefined],
  ['/bb/nope', 200, undefined],
  ['/bb/-/healthy', 200, undefined],
  ['/bb/probe', 400, undefined],
  ['/probe', 404, undefined],
  ['/-/healthy', 404, undefined],
];

for (const [url, status, location] of redirects) {
  test(`under the prefix /bb, ${url} is answered by ${status}`, async () => {
    const answer = await testApp(prefixed).app.inject(url);
    assert.equal(answer.statusCode, status);
    assert.equal(answer.headers['location'], location);
  });
}

const unclean: readonly [path: string, answer: RegExp][] = [
  ['//probe?x=1', /^HTTP\/1\.1 301 .*\r\nlocation: \/probe\?x=1\r\n/s],
  ['/a/../config', /^HTTP\/1\.1 301 .*\r\nlocation: \/config\r\n/s],
  ['/./', /^HTTP\/1\.1 301 .*\r\nlocation: \/\r\n/s],
  ['//ex.example/..', /^HTTP\/1\.1 301 .*\r\nlocation: \/\r\n/s],
  [String.raw`/\ex.example//`, /^HTTP\/1\.1 301 .*\r\nlocation: \/%5Cex\.example\/\r\n/s],
  ['/%70robe', /^HTTP\/1\.1 400 .*target is missing\n$/s],
  ['/%zz', /^HTTP\/1\.1 400 .*text\/plain.*\r\n\r\nBad request\n$/s],
];

test('paths that are not clean are redirected, as they come from the wire', async (t) => {
  const { app } = testApp();
  await app.ready();
  const listeners = new Listeners(app);
  t.after(() => listeners.close(0));
  const port = Number((await listeners.add({ host: '127.0.0.1', port: 0 })).split(':')[1]);
  for (const [path, expected] of unclean) {
    assert.match(await exchange(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), expected);
  }
});

test('a method that no route knows is answered by plain text', async () => {
  const answer = await testApp().app.inject({ method: 'PROPFIND' as 'GET', url: '/probe' });
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
});
