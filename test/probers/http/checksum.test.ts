import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { type ProbeOutcome, probeOnce } from '../../support/probe-once.ts';
import { type Handler, type Lifetime, serveHttp } from '../../support/servers.ts';

/** The check value of CRC-32: what it must be of these nine bytes. */
const digits = '123456789';
const checkValue = 0xcbf43926;

async function probe(lifetime: Lifetime, http: object, handler: Handler): Promise<ProbeOutcome> {
  const { origin } = await serveHttp(lifetime, handler);
  return await probeOnce({ prober: 'http', http: { body_crc32: true, ...http } }, origin);
}

const answers: readonly (readonly [name: string, http: object, handler: Handler, checksum: number])[] = [
  ['a body', {}, (_, response) => response.end(digits), checkValue],
  [
    'a body in pieces',
    {},
    (_, response) => void response.write(digits.slice(0, 4), () => response.end(digits.slice(4))),
    checkValue,
  ],
  [
    'a body that checks look at',
    { fail_if_body_matches_regexp: ['x'] },
    (_, response) => response.end(digits),
    checkValue,
  ],
  [
    'a compressed body',
    { compression: 'gzip' },
    (_, response) => response.setHeader('Content-Encoding', 'gzip').end(zlib.gzipSync(digits)),
    checkValue,
  ],
  ['no body', {}, (_, response) => response.end(), 0],
  [
    'the body behind a redirect',
    {},
    ({ url }, response) =>
      url === '/' ? response.writeHead(302, { Location: '/there' }).end('other') : response.end(digits),
    checkValue,
  ],
];

for (const [name, http, handler, checksum] of answers) {
  test(`body_crc32 gives the checksum of ${name}`, async (t) => {
    const { success, failure, metrics } = await probe(t, http, handler);
    assert.equal(success, true, failure?.message);
    assert.equal(metrics.get('probe_http_body_crc32'), checksum);
  });
}

test('the checksum is told also when the answer is not as wanted', async (t) => {
  const { success, metrics } = await probe(t, {}, (_, response) => response.writeHead(503).end(digits));
  assert.equal(success, false);
  assert.equal(metrics.get('probe_http_body_crc32'), checkValue);
});

const partial: readonly (readonly [name: string, http: object, handler: Handler])[] = [
  [
    'broke off',
    {},
    (_, response) => {
      response.setHeader('Content-Length', 10);
      response.write(digits, () => response.destroy());
    },
  ],
  ['is too large', { body_size_limit: '8B' }, (_, response) => response.end(digits)],
  ['is not compressed as it should be', { compression: 'gzip' }, (_, response) => response.end(digits)],
];

for (const [name, http, handler] of partial) {
  test(`there is no checksum of a body that ${name}`, async (t) => {
    const { failure, metrics } = await probe(t, http, handler);
    assert.equal(failure?.phase, 'transfer', failure?.message);
    assert.equal(metrics.has('probe_http_body_crc32'), false);
  });
}

test('without body_crc32 there is none', async (t) => {
  const { metrics } = await probe(t, { body_crc32: false }, (_, response) => response.end(digits));
  assert.equal(metrics.has('probe_http_body_crc32'), false);
});
