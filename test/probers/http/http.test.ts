import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { root, valid } from '../../support/identities.ts';
import { probeOnce } from '../../support/probe-once.ts';
import { closedPort, serveHttp, serveHttp2, serveTcp } from '../../support/servers.ts';

const tls_config = { ca: root.cert, server_name: 'localhost' };
const phases = ['resolve', 'connect', 'tls', 'processing', 'transfer'];

const endless =
  (head: string) =>
  (socket: Socket): void => {
    const flood = (): void => {
      while (!socket.destroyed && socket.write('A: and so on\r\n'.repeat(2000)));
    };
    socket.once('data', () => {
      socket.write(head);
      socket.on('drain', flood);
      flood();
    });
  };

test('a body that takes too long', { concurrency: true }, async (t) => {
  const deadline = { timeout: 1 }; // Time enough to get there.
  const endlessly = t.test('that never ends fails at the deadline, and what was learnt before is told', async (t) => {
    const { address } = await serveTcp(
      t,
      endless('HTTP/1.1 200 OK\r\nLast-Modified: Thu, 01 Jan 1970 00:00:09 GMT\r\n\r\n'),
    );
    const { failure, metrics } = await probeOnce({ prober: 'http' }, address, deadline);
    assert.deepEqual([failure?.phase, failure?.reason], ['transfer', 'timeout']);
    assert.equal(metrics.get('probe_http_status_code'), 200);
    assert.equal(metrics.get('probe_http_version'), 1.1);
    assert.equal(metrics.get('probe_http_content_length'), -1);
    assert.equal(metrics.get('probe_http_last_modified_timestamp_seconds'), 9);
    assert.ok((metrics.get('probe_http_uncompressed_body_length') ?? 0) > 0);
  });
  const dripping = t.test('that drips fails at the deadline', async (t) => {
    const { address } = await serveTcp(t, (socket) => {
      const drip = (): void => {
        if (!socket.destroyed) socket.write('x', () => setTimeout(drip, 1));
      };
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        drip();
      });
    });
    const { failure } = await probeOnce({ prober: 'http' }, address, deadline);
    assert.deepEqual([failure?.phase, failure?.reason], ['transfer', 'timeout']);
  });
  await Promise.all([endlessly, dripping]);
});

test('headers that never end fail as soon as they are too large', async (t) => {
  const { address } = await serveTcp(t, endless('HTTP/1.1 200 OK\r\n'));
  const { failure } = await probeOnce({ prober: 'http' }, address);
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'too_large']);
});

test('a probe that fails early has every series that the prober always has', async (t) => {
  const target = `http://127.0.0.1:${await closedPort(t)}/`;
  for (const failing of [target, 'http://a..b/', 'http://a.test:99999/']) {
    const { metrics, success } = await probeOnce({ prober: 'http' }, failing);
    assert.equal(success, false);
    for (const phase of phases) assert.ok(metrics.has(`probe_http_duration_seconds{phase="${phase}"}`), phase);
    for (const name of ['content_length', 'redirects', 'ssl', 'status_code', 'uncompressed_body_length', 'version']) {
      assert.equal(metrics.get(`probe_http_${name}`), 0, name);
    }
  }
});

test('a redirect to a server that is bad fails with what that server did', async (t) => {
  const bad = await serveTcp(t, (socket) => socket.once('data', () => socket.end()));
  const { origin } = await serveHttp(t, (_request, response) => {
    response.writeHead(302, { Location: `http://${bad.address}/` }).end();
  });
  const { failure, metrics } = await probeOnce({ prober: 'http' }, origin);
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'closed']);
  assert.equal(metrics.get('probe_http_redirects'), 1);
  assert.equal(metrics.get('probe_http_status_code'), 0);
  assert.equal(metrics.get('probe_tcp_connections'), 2);
});

test('a redirect whose own body never ends is followed', async (t) => {
  const good = await serveHttp(t);
  const { address } = await serveTcp(t, endless(`HTTP/1.1 302 Found\r\nLocation: ${good.origin}\r\n\r\n`));
  const { success, failure } = await probeOnce({ prober: 'http' }, address);
  assert.equal(success, true, failure?.message);
});

const locations = [
  'http://',
  'ftp://a.test/',
  'javascript:1',
  '/%zz',
  `http://${'a'.repeat(70_000)}/`,
  'http://[::1',
  '//',
];

for (const location of locations) {
  test(`a redirect to ${JSON.stringify(location.slice(0, 20))} fails without a crash`, async (t) => {
    const { address } = await serveTcp(t, (socket) => {
      socket.once('data', () =>
        socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
      );
    });
    const { success, failure } = await probeOnce({ prober: 'http' }, address);
    assert.equal(success, false);
    assert.notEqual(failure?.reason, 'other', failure?.message);
  });
}

test('over HTTP/2 a request may have any method, any body and any header of the module', async (t) => {
  const server = await serveHttp2(t, valid());
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'BREW']) {
    const headers = { TE: 'gzip', 'Proxy-Connection': 'close', 'HTTP2-Settings': 'x' };
    const module = { prober: 'http', http: { method, body: 'hello', headers, tls_config } };
    const { success, failure } = await probeOnce(module, server.origin);
    assert.equal(success, true, `${method}: ${failure?.message}`);
    assert.deepEqual(
      server.takeRequests().map(({ method, body }) => [method, body]),
      [[method, 'hello']],
    );
  }
});
