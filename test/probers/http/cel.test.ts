import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeOnce } from '../../support/probe-once.ts';
import { serveHttp } from '../../support/servers.ts';

const body = '{"status":"ok","nodes":[{"up":true},{"up":false}]}';
const failed = 'probe_failed_due_to_cel';

test('an expression that fails a probe is named, and told of', async (t) => {
  const target = await serveHttp(t, (_, response) => void response.end(body));
  const module = { prober: 'http', http: { fail_if_body_json_matches_cel: 'body.nodes.exists(n, !n.up)' } };
  const { failure, metrics } = await probeOnce(module, target.origin);
  assert.deepEqual([failure?.phase, failure?.reason], ['check', 'cel']);
  assert.equal(failure?.message, 'The body matched body.nodes.exists(n, !n.up)');
  assert.equal(metrics.get(failed), 1);
  assert.equal(metrics.get('probe_failure_info{phase="check",reason="cel"}'), 1);
});

test('an expression and a regular expression both see the whole body', async (t) => {
  const target = await serveHttp(t, (_, response) => void response.end(body));
  const http = { fail_if_body_json_not_matches_cel: 'body.status == "ok"', fail_if_body_not_matches_regexp: ['nodes'] };
  const { success, metrics } = await probeOnce({ prober: 'http', http }, target.origin);
  assert.equal(success, true);
  assert.equal(metrics.get(failed), 0);
});

test('the series of expressions is there for modules with expressions alone', async (t) => {
  const target = await serveHttp(t);
  const without = await probeOnce({ prober: 'http' }, target.origin);
  assert.equal(without.metrics.has(failed), false);
  const unreached = await probeOnce(
    { prober: 'http', http: { fail_if_body_json_matches_cel: 'body.a' } },
    'http://127.0.0.1:1',
  );
  assert.equal(unreached.metrics.get(failed), 0);
});

test('a body that is no JSON fails the probe, and says so', async (t) => {
  const target = await serveHttp(t, (_, response) => void response.end('<html>'));
  const module = { prober: 'http', http: { fail_if_body_json_matches_cel: 'body.a == 1' } };
  const { failure } = await probeOnce(module, target.origin);
  assert.equal(failure?.reason, 'cel');
  assert.match(failure?.message ?? '', /^The body is no JSON: /);
});
