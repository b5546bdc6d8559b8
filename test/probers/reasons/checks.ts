import type { ServerResponse } from 'node:http';
import type { Reason } from '../../../src/net/failure.ts';
import { respondAtOnce, serveGrpc, health } from '../../support/grpc-server.ts';
import { serveHttp, serveTcp } from '../../support/servers.ts';
import { serveWebSocket } from '../../support/websocket-server.ts';
import { answerTo, a } from '../dns/messages.ts';
import { serveUdp } from '../dns/servers.ts';
import type { Cause } from './cause.ts';

const answer = (response: ServerResponse): void => void response.writeHead(200, { 'X-Kind': 'a' }).end('{"ok": false}');

/** What a module wants of a whole answer, and which reason tells that it is not so. */
const wishes: readonly (readonly [wish: object, reason: Reason, tells?: Cause['tells']])[] = [
  [{ valid_status_codes: [204] }, 'status'],
  [{ valid_http_versions: ['HTTP/2.0'] }, 'http_version'],
  [{ fail_if_header_matches: [{ header: 'X-Kind', regexp: 'a' }] }, 'header', { probe_failed_due_to_regex: 1 }],
  [{ fail_if_header_not_matches: [{ header: 'X-Kind', regexp: 'b' }] }, 'header', { probe_failed_due_to_regex: 1 }],
  [{ fail_if_header_not_matches: [{ header: 'X-None', regexp: 'b' }] }, 'header', { probe_failed_due_to_regex: 1 }],
  [{ fail_if_not_ssl: true }, 'ssl'],
  [{ fail_if_body_matches_regexp: ['false'] }, 'regexp', { probe_failed_due_to_regex: 1 }],
  [{ fail_if_body_not_matches_regexp: ['true'] }, 'regexp', { probe_failed_due_to_regex: 1 }],
  [{ fail_if_body_json_matches_cel: '!body.ok' }, 'cel', { probe_failed_due_to_cel: 1 }],
  [{ fail_if_body_json_not_matches_cel: 'body.ok' }, 'cel', { probe_failed_due_to_cel: 1 }],
];

const ofHttp = wishes.map(([wish, reason, tells]): Cause => ({
  name: `http that wants ${JSON.stringify(wish)}`,
  phase: 'check',
  reason,
  tells: { probe_http_status_code: 200, probe_http_content_length: undefined, ...tells },
  arrange: async (t) => ({
    module: { prober: 'http', http: wish },
    target: (await serveHttp(t, (_, response) => answer(response))).origin,
  }),
}));

const redirects: readonly (readonly [name: string, location: string, prober: 'http' | 'websocket'])[] = [
  ['in a circle', '/', 'http'],
  ['to another protocol', 'ftp://127.0.0.1/', 'http'],
  ['in a circle', '/', 'websocket'],
  ['to another protocol', 'ftp://127.0.0.1/', 'websocket'],
];

const ofRedirects = redirects.map(([name, location, prober]): Cause => ({
  name: `${prober}, redirected ${name}`,
  phase: 'response',
  reason: 'redirect',
  tells: location === '/' ? { probe_tcp_connections: 11 } : { probe_tcp_connections: 1 },
  arrange: async (t) => {
    const { address } = await serveTcp(t, (socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`));
    });
    const module = { prober, [prober]: prober === 'http' ? {} : { http_config: { follow_redirects: true } } };
    return { module, target: `${prober === 'http' ? 'http' : 'ws'}://${address}` };
  },
}));

const steps: readonly (readonly [step: object, reason: Reason, tells: NonNullable<Cause['tells']>])[] = [
  [{ expect: '^220' }, 'regexp', { probe_failed_due_to_regex: 1 }],
  [{ expect_bytes: 'bye' }, 'bytes', { probe_failed_due_to_bytes: 1 }],
];

const ofDialogues = steps.flatMap(([step, reason, tells]): Cause[] => [
  {
    name: `tcp that awaits ${JSON.stringify(step)}`,
    phase: 'dialogue',
    reason,
    tells,
    arrange: async (t) => ({
      module: { prober: 'tcp', tcp: { query_response: [step] } },
      target: (await serveTcp(t, (socket) => socket.end('hello\r\n'))).address,
    }),
  },
  {
    name: `websocket that awaits ${JSON.stringify(step)}`,
    phase: 'dialogue',
    reason,
    tells: { probe_websocket_connection_upgraded: 1 },
    arrange: async (t) => ({
      module: { prober: 'websocket', websocket: { query_response: [step] } },
      target: (await serveWebSocket(t, (socket) => socket.send('hello'))).origin,
    }),
  },
]);

const query = { query_name: 'example.test', query_type: 'A' };

const ofDns = (
  [
    [{}, 'rcode', { rcode: 2 }],
    [{}, 'rcode', { rcode: 3 }],
    [{ validate_answer_rrs: { fail_if_matches_regexp: ['192.0.2.1'] } }, 'record', { answer: [a('192.0.2.1')] }],
    [{ validate_answer_rrs: { fail_if_not_matches_regexp: ['192.0.2.2'] } }, 'record', { answer: [a('192.0.2.1')] }],
  ] as const
).map(([wish, reason, given]): Cause => ({
  name: `dns that wants ${JSON.stringify(wish)}`,
  phase: 'check',
  reason,
  tells: { probe_dns_query_succeeded: 1 },
  arrange: async (t) => ({
    module: { prober: 'dns', dns: { ...query, ...wish } },
    target: (await serveUdp(t, (message) => [answerTo(message, given)])).address,
  }),
}));

export const checks: readonly Cause[] = [
  ...ofHttp,
  ...ofRedirects,
  ...ofDialogues,
  ...ofDns,
  {
    name: 'dns by UDP, with an answer that is too large for it',
    phase: 'response',
    reason: 'too_large',
    arrange: async (t) => ({
      module: { prober: 'dns', dns: query },
      target: (
        await serveUdp(t, (message) => [
          answerTo(message, { answer: Array.from({ length: 40 }, () => a('192.0.2.1')) }),
        ])
      ).address,
    }),
  },
  {
    name: 'dns by UDP, without an answer',
    phase: 'response',
    reason: 'timeout',
    arrange: async (t) => ({ module: { prober: 'dns', dns: query }, target: (await serveUdp(t, () => [])).address }),
  },
  {
    name: 'grpc of a service that does not serve',
    phase: 'check',
    reason: 'health',
    tells: { 'probe_grpc_healthcheck_response{serving_status="NOT_SERVING"}': 1 },
    arrange: async (t) => ({ module: { prober: 'grpc' }, target: (await serveGrpc(t, health(2))).address }),
  },
  {
    name: 'grpc of a service that is not known',
    phase: 'check',
    reason: 'status',
    tells: { probe_grpc_status_code: 5 },
    arrange: async (t) => ({
      module: { prober: 'grpc' },
      target: (await serveGrpc(t, respondAtOnce({ 'grpc-status': '5' }))).address,
    }),
  },
];
