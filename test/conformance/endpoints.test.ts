import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExporter, startPeer } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { get, type Answer } from '../support/get.ts';
import { findTool } from '../support/peers-available.ts';
import { serveHttp } from '../support/servers.ts';

const config = 'modules:\n  http_2xx:\n    prober: http\n';

/** Method, path, and whether the content type of an answer 200 has to be the same as well. */
const requests: readonly (readonly [method: string, path: string, sameType?: boolean])[] = [
  ['GET', '/', true],
  ['HEAD', '/'],
  ['GET', '/no/such/page'],
  ['GET', '/-/healthy'],
  ['POST', '/-/healthy'],
  ['GET', '/-/reload'],
  ['PUT', '/-/reload'],
  ['POST', '/-/reload'],
  ['GET', '/config', true],
  ['GET', '/metrics'],
  ['GET', '/logs'],
  ['GET', '/logs?id=999'],
  ['GET', '/logs?id=abc'],
  ['GET', '/logs?target=nobody'],
  ['GET', '/logs?id=1&target=nobody'],
  ['GET', '/logs?module=http_2xx'],
  ['GET', '/logs?target=nobody&module=http_2xx'],
  ['GET', '/probe'],
  ['GET', '/probe?target='],
  ['GET', '/probe?module=unknown&target=a'],
  ['GET', '/probe?target=http://%5B', true],
  ['POST', '/probe?target=http://%5B'],
  ['HEAD', '/probe?target=http://%5B'],
  ['GET', '/probe?target=http://%5B&debug=true', true],
  ['GET', '/logs?target=http://%5B', true],
];

test('answers as blackbox_exporter does', async (t) => {
  const program = findTool(t, 'blackbox_exporter');
  if (program === undefined) return;
  for (const flags of [[], ['--web.route-prefix=/prefix'], ['--web.external-url=http://example.test/outside/']]) {
    const [peer, ours] = await Promise.all([
      startPeer(t, program, { config, flags }),
      startExporter(t, { config, flags }),
    ]);
    const prefixes = flags.length === 0 ? [''] : ['', '/prefix', '/outside'];
    for (const prefix of prefixes) {
      for (const [method, path, sameType = false] of requests) {
        await t.test(`${flags.join()} ${method} ${prefix}${path}`, async () => {
          const ask = (url: string): Promise<Answer> => get(url + prefix + path, {}, method);
          const [theirs, our] = [await ask(peer.url), await ask(ours.url)];
          assert.equal(our.status, theirs.status, our.text);
          assert.equal(our.headers.location, theirs.headers.location);
          if (sameType && theirs.status === 200) assert.equal(mediaType(our), mediaType(theirs));
        });
      }
    }
  }
});

test('has the metrics of blackbox_exporter about itself', async (t) => {
  const program = findTool(t, 'blackbox_exporter');
  if (program === undefined) return;
  const { origin } = await serveHttp(t);
  const [peer, ours] = await Promise.all([startPeer(t, program, { config }), startExporter(t, { config })]);
  const read = async (url: string) => {
    await get(`${url}/probe?target=${origin}`);
    await get(`${url}/probe?target=${origin}&module=unknown`);
    return parseExposition((await get(`${url}/metrics`)).text);
  };
  const [theirs, our] = [await read(peer.url), await read(ours.url)];
  for (const { name, type, samples } of theirs.values()) {
    if (!name.startsWith('blackbox_')) continue;
    const family = our.get(name);
    assert.equal(family?.type, type, name);
    assert.equal(family?.samples.length, samples.length, name);
    if (/successful$|_total$/.test(name)) assert.deepEqual(family?.samples, samples);
  }
});

function mediaType({ headers }: Answer): string | undefined {
  return headers['content-type']?.split(';')[0];
}
