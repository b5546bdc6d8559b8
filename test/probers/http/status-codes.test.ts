import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare } from '../../support/probe-once.ts';
import { serveHttp } from '../../support/servers.ts';

const cases: readonly (readonly [valid: readonly (number | string)[] | undefined, good: number[], bad: number[]])[] = [
  [undefined, [200, 299], [300, 404]],
  [[], [200, 204], [301]],
  [
    ['2xx', 301],
    [200, 299, 301],
    [302, 404],
  ],
  [
    ['4xx', '500-502'],
    [400, 499, 500, 502],
    [200, 503],
  ],
  [[404, '404-404'], [404], [200, 403, 405]],
];

for (const [valid, good, bad] of cases) {
  test(`valid_status_codes ${JSON.stringify(valid)}`, async (t) => {
    const { origin } = await serveHttp(t, ({ url = '' }, response) => {
      response.writeHead(Number(url.slice(1)) || 200).end();
    });
    const probe = prepare({ prober: 'http', http: { follow_redirects: false, valid_status_codes: valid } });
    for (const status of good) {
      const { success, failure } = await probe(`${origin}/${status}`);
      assert.equal(success, true, failure?.message);
    }
    for (const status of bad) {
      const { failure } = await probe(`${origin}/${status}`);
      assert.deepEqual([failure?.phase, failure?.reason], ['check', 'status'], String(status));
      const wanted = valid === undefined || valid.length === 0 ? '2xx' : valid.join(' or ');
      assert.equal(failure?.message, `The status is ${status}, wanted ${wanted}`);
    }
  });
}
