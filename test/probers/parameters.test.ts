import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { questionOf } from '../../src/probers/dns/message.ts';
import { probers } from '../../src/probers/index.ts';
import { testApp } from '../server/test-app.ts';
import { serveGrpc } from '../support/grpc-server.ts';
import { probeOnce } from '../support/probe-once.ts';
import { type Lifetime, serveHttp, serveTcp } from '../support/servers.ts';
import { serveWebSocket } from '../support/websocket-server.ts';
import { answerTo } from './dns/messages.ts';
import { serveUdp } from './dns/servers.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks an exporter of one module for a probe. */
async function ask(module: object, query: Readonly<Record<string, string>>): Promise<Answer> {
  const { modules } = loadModules(JSON.stringify({ modules: { m: module } }), 'test.yml', probers);
  const { app } = testApp({ configuration: () => ({ modules, yaml: '', warnings: [] }) });
  const answer = await app.inject({ url: '/probe', query: { module: 'm', ...query } });
  return { status: answer.statusCode, body: answer.body };
}

function assertSucceeded({ status, body }: Answer): void {
  assert.equal(status, 200, body);
  assert.match(body, /^probe_success 1$/m);
}

const api = {
  prober: 'http',
  parameters: { tenant: '[a-zé]+', plan: { regexp: '.*', default: 'free' } },
  http: {
    headers: { 'X-Tenant': '${param.tenant}', 'X-Key': 'secret-${param.tenant}', Host: '${param.tenant}.test' },
    body: '{"plan": "${param.plan}"}',
  },
};

test('headers and the body of a request have parameters', async (t) => {
  const server = await serveHttp(t);
  assertSucceeded(await ask(api, { target: server.origin, param_tenant: 'acme' }));
  assertSucceeded(await ask(api, { target: server.origin, param_tenant: 'é', param_plan: 'a$1 ${param.tenant}' }));
  const [first, second] = server.takeRequests();
  assert.equal(first?.headers['x-tenant'], 'acme');
  assert.equal(first.headers['host'], 'acme.test');
  assert.equal(first.body, '{"plan": "free"}');
  assert.equal(Buffer.from(second?.headers['x-tenant'] ?? '', 'latin1').toString(), 'é');
  assert.equal(second?.body, '{"plan": "a$1 ${param.tenant}"}');
});

test('what may be a secret stays masked, and a header that contradicts the hostname is refused', async (t) => {
  const { origin: target } = await serveHttp(t);
  const { body } = await ask(api, { target, param_tenant: 'acme', debug: 'true' });
  assert.match(body, /X-Tenant"?: <secret>/);
  assert.doesNotMatch(body, /secret-acme|secret-\$/);
  const contradiction = await ask(api, { target, param_tenant: 'acme', hostname: 'other.test' });
  assert.equal(contradiction.status, 400);
  assert.match(contradiction.body, /sets the header Host to acme.test/);
});

for (const [name, query, says] of [
  ['a value that does not match', { param_tenant: 'a1' }, /^The parameter param_tenant cannot be "a1"/],
  ['a line break', { param_tenant: 'a', param_plan: 'a\r\nX-Admin: 1' }, /param_plan has a control character/],
  ['no value', {}, /^The module needs the parameter param_tenant/],
  ['an unknown parameter', { param_tenant: 'a', param_plans: 'x' }, /^The module has no parameter "plans"/],
] as const) {
  test(`a request with ${name} is refused, and nobody is bothered`, async (t) => {
    const server = await serveTcp(t, () => assert.fail('somebody was bothered'));
    const { status, body } = await ask(api, { target: server.address, ...query });
    assert.equal(status, 400);
    assert.match(body, says);
  });
}

/** What a tcp server is sent in the one step of a dialogue. */
async function sent(lifetime: Lifetime, step: object, values: Readonly<Record<string, string>>): Promise<string> {
  let received = '';
  const { address } = await serveTcp(lifetime, (socket) => {
    socket.write('hello world\n');
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.includes('.')) socket.write('done\n');
    });
  });
  const parameters = { a: '.*' };
  const tcp = { query_response: [step, { expect: '^done$' }] };
  assertSucceeded(await ask({ prober: 'tcp', parameters, tcp }, { target: address, ...values }));
  return received;
}

for (const [name, step, value, wanted] of [
  ['send', { send: 'AUTH ${param.a}.' }, 'x', 'AUTH x.\n'],
  ['send behind captures', { expect: '(w.*)$', send: '$1 ${param.a} $$.' }, '$1 ${1} $$', 'world $1 ${1} $$ $.\n'],
  ['send_bytes', { send_bytes: '\\x01${param.a}\\x00.' }, '\\x02', '\x01\\x02\0.'],
] as const) {
  test(`${name} of a step has parameters, which are sent as they are`, async (t) => {
    assert.equal(await sent(t, step, { param_a: value }), wanted);
  });
}

test('a message to a WebSocket has parameters', async (t) => {
  const server = await serveWebSocket(t, (socket) => {
    socket.on('message', (message: Buffer) => socket.send(`heard ${message.toString()}`));
  });
  const query_response = [{ send: 'hello ${param.who}' }, { expect: '^heard hello me$' }];
  const module = { prober: 'websocket', parameters: { who: 'me|you' }, websocket: { query_response } };
  assertSucceeded(await ask(module, { target: server.origin, param_who: 'me' }));
});

test('the service that is asked for is a parameter', async (t) => {
  const server = await serveGrpc(t);
  const module = { prober: 'grpc', parameters: { service: '[a-z.]+' }, grpc: { service: 'my.${param.service}' } };
  assertSucceeded(await ask(module, { target: server.address, param_service: 'svc' }));
  assert.equal(server.takeCalls()[0]?.body.toString('hex'), '00000000080a066d792e737663');
});

const names = {
  prober: 'dns',
  parameters: { name: { regexp: '[a-z.]*', default: 'www' } },
  dns: { query_name: '${param.name}.example.test' },
};

test('the name that is asked for has parameters', async (t) => {
  const server = await serveUdp(t, (query) => [answerTo(query)]);
  assertSucceeded(await ask(names, { target: server.address }));
  assertSucceeded(await ask(names, { target: server.address, param_name: 'a.b' }));
  const asked = server.takeQueries().map((query) => questionOf(query).name);
  assert.deepEqual(asked, ['www.example.test.', 'a.b.example.test.']);
  const refused = await ask(names, { target: server.address, param_name: 'a..b' });
  assert.equal(refused.status, 400);
  assert.match(refused.body, /The parameters make query_name no domain name: it has an empty label/);
});

test('without a URL a probe has the defaults, or fails for want of a value', async (t) => {
  const server = await serveUdp(t, (query) => [answerTo(query)]);
  assert.equal((await probeOnce(names, server.address)).success, true);
  const { failure } = await probeOnce(api, 'http://a.test');
  assert.deepEqual([failure?.phase, failure?.reason], ['admission', 'bad_target']);
  assert.match(failure?.message ?? '', /needs the parameter param_tenant/);
});
