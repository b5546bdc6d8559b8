import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProbe } from '../../src/probe/run.ts';
import { rowOf, type Row } from '../../src/sweep/row.ts';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { expired, root } from '../support/identities.ts';
import { closedPort, serveHttps } from '../support/servers.ts';

const text = JSON.stringify({ modules: { m: { prober: 'http', http: { tls_config: { ca: root.cert } } } } });
const module = loadModules(text, 'test.yml', probers).modules.get('m');

async function rowFor(target: string, withMetrics = false): Promise<Row> {
  assert.ok(module !== undefined);
  return rowOf(7, await runProbe({ module, target, hostname: undefined, timeout: 10 }), withMetrics);
}

test('a row tells what the probe learnt, also of a certificate that is then refused', async (t) => {
  const { origin, address } = await serveHttps(t, expired());
  const {
    time,
    duration_seconds: duration,
    message,
    socket_after_close: socket,
    ...rest
  } = await rowFor(`https://user:hunter2@${address}/`);
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000 && duration > 0 && duration < 10);
  assert.match(message ?? '', /expired/);
  assert.ok(socket === 'closed' || socket === undefined);
  const expiry = rest.certificate_expiry ?? '';
  assert.ok(Date.parse(expiry) < Date.now());
  assert.deepEqual(rest, {
    number: 7,
    target: origin.replace('//', '//<secret>@') + '/',
    module: 'm',
    success: false,
    phase: 'tls',
    reason: 'certificate_expired',
    certificate_expiry: expiry,
  });
});

test('a row has every sample where that is asked for', async (t) => {
  const { metrics } = await rowFor(`127.0.0.1:${await closedPort(t)}`, true);
  assert.equal(metrics?.['probe_success'], 0);
  assert.equal(metrics?.['probe_failure_info{phase="connect",reason="refused"}'], 1);
});
