import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testApp } from './test-app.ts';

const refusals: readonly [query: string, status: number, says: RegExp][] = [
  ['', 400, /id .* or its target/],
  ['?id=', 400, /id .* or its target/],
  ['?id=x', 400, /id .* or its target/],
  ['?id=99999999999999999999', 400, /id .* or its target/],
  ['?id=-1', 400, /id .* or its target/],
  ['?module=http_2xx', 400, /id .* or its target/],
  ['?id=0&target=a', 400, /not both/],
  ['?id=-1&target=a', 400, /not both/],
  ['?id=0&module=http_2xx', 400, /module goes with target/],
  ['?id=99', 404, /No .*this id/],
  ['?target=nowhere', 404, /No .*this target/],
  ['?target=a&module=other', 404, /No .*this target/],
];

for (const [query, status, says] of refusals) {
  test(`/logs${query} is answered by ${status}`, async () => {
    const { app } = testApp();
    await app.inject('/probe?target=a');
    const answer = await app.inject(`/logs${query}`);
    assert.equal(answer.statusCode, status);
    assert.match(answer.body, says);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  });
}

test('the log of a probe is found by its id', async () => {
  const { app } = testApp();
  await app.inject('/probe?target=first');
  await app.inject('/probe?target=second');
  const answer = await app.inject('/logs?id=1');
  assert.equal(answer.statusCode, 200);
  assert.match(answer.body, /^Logs for the probe:\n.* target=second /);
});

test('the newest log of a target is found, of one module when it is named', async () => {
  const { app } = testApp();
  await app.inject('/probe?target=a&module=other');
  await app.inject('/probe?target=a');
  assert.match((await app.inject('/logs?target=a')).body, /prober: test # http_2xx/);
  assert.match((await app.inject('/logs?target=a&module=other')).body, /prober: test # other/);
  assert.equal((await app.inject('/logs?id=x&target=a')).statusCode, 200);
});

test('logs are refused when they are switched off', async () => {
  const { app } = testApp({ debug: false });
  await app.inject('/probe?target=a');
  assert.equal((await app.inject('/logs?id=0')).statusCode, 403);
});
