import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { decode, encode } from 'dns-packet';
import { daysFromNow, leaf, type CertificateOptions, type Identity } from './certificates.ts';
import { fullListener } from './full-listener.ts';
import { foreignRoot, intermediate, root } from './identities.ts';
import { closedPort, serveHttp, serveHttp2, serveHttps, serveTcp, type Handler, type Lifetime } from './servers.ts';

/** What a domain is, and what a probe of it must find: success, or a phase and a reason. */
interface Kind {
  readonly verdict: 'success' | `${string} ${string}`;
  readonly scheme: 'http' | 'https';
  /** Of 1000 domains so many are of this kind. */
  readonly share: number;
}

const kinds = {
  plain: { verdict: 'success', scheme: 'http', share: 400 },
  tls: { verdict: 'success', scheme: 'https', share: 150 },
  h2: { verdict: 'success', scheme: 'https', share: 100 },
  late: { verdict: 'success', scheme: 'http', share: 50 },
  expiring: { verdict: 'success', scheme: 'https', share: 50 },
  refused: { verdict: 'connect refused', scheme: 'http', share: 30 },
  blackhole: { verdict: 'connect timeout', scheme: 'http', share: 15 },
  mute: { verdict: 'response timeout', scheme: 'http', share: 15 },
  endless: { verdict: 'transfer timeout', scheme: 'http', share: 10 },
  reset: { verdict: 'response reset', scheme: 'http', share: 20 },
  closing: { verdict: 'response closed', scheme: 'http', share: 20 },
  garbage: { verdict: 'response bad_response', scheme: 'http', share: 20 },
  broken: { verdict: 'check status', scheme: 'http', share: 25 },
  astray: { verdict: 'response redirect', scheme: 'http', share: 10 },
  expired: { verdict: 'tls certificate_expired', scheme: 'https', share: 20 },
  foreign: { verdict: 'tls certificate_untrusted', scheme: 'https', share: 15 },
  misnamed: { verdict: 'tls certificate_wrong_host', scheme: 'https', share: 15 },
  notls: { verdict: 'tls tls_protocol', scheme: 'https', share: 10 },
  nowhere: { verdict: 'resolve nxdomain', scheme: 'http', share: 10 },
  failing: { verdict: 'resolve dns_error', scheme: 'http', share: 5 },
  lost: { verdict: 'resolve timeout', scheme: 'http', share: 10 },
} satisfies Record<string, Kind>;

type KindName = keyof typeof kinds;
const kindNames = Object.keys(kinds) as KindName[];

export interface SweepScene {
  /** A configuration whose module `swept` probes the domains. */
  readonly config: string;
  /** The list, one URL a line. */
  readonly list: string;
  /** What must come of each URL, as `success` or `phase reason`. */
  readonly verdicts: ReadonlyMap<string, string>;
  /** How many of them serve a certificate that expires in a few days, or has expired. */
  readonly expiring: number;
}

/**
 * Serves so many domains below sweep.test on addresses of 127.0.0.0/8, with a DNS server of their own; a quarter of them
 * is dead, slow or broken. `timeout` is that of the module.
 */
export async function sweepScene(lifetime: Lifetime, count: number, timeout = '3s'): Promise<SweepScene> {
  const ports = await serveKinds(lifetime);
  const server = await serveNames(lifetime);
  const verdicts = new Map<string, string>();
  const deck = kindNames.flatMap((name) => Array<KindName>(kinds[name].share).fill(name));
  let expiring = 0;
  for (let index = 0; index < count; index++) {
    // A step that has no factor in common with the deck deals all of it, well mixed.
    const name = deck[(index * 7919) % deck.length] ?? 'plain';
    const { scheme, verdict } = kinds[name];
    verdicts.set(`${scheme}://d${index}.${name}.sweep.test:${ports[name]}/`, verdict);
    if (name === 'expiring' || name === 'expired') expiring += 1;
  }
  return { config: configOf(server, timeout), list: `${[...verdicts.keys()].join('\n')}\n`, verdicts, expiring };
}

function configOf(server: string, timeout: string): string {
  return `modules:
  swept:
    prober: http
    timeout: ${timeout}
    resolver: {servers: ["${server}"], timeout: 5s}
    http:
      preferred_ip_protocol: ip4
      ip_protocol_fallback: false
      tls_config: {ca: ${JSON.stringify(root.cert)}}
`;
}

/** A DNS server: every domain has an address of its own, but for those that are not to be found. */
async function serveNames(lifetime: Lifetime): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.on('message', (bytes, from) => {
    const query = decode(bytes);
    const name = query.questions?.[0]?.name ?? '';
    const [, index = '0', kind = ''] = /^d(\d+)\.([^.]+)\.sweep\.test$/i.exec(name) ?? [];
    if (kind === 'lost') return;
    const rcode = kind === 'nowhere' ? 3 : kind === 'failing' ? 2 : 0;
    const data = kind === 'blackhole' ? '127.0.0.1' : addressOf(Number(index));
    const answers = rcode === 0 ? [{ type: 'A' as const, name, ttl: 60, data }] : [];
    const flags = 0x0180 | rcode; // Recursion desired, and available (RFC 1035, section 4.1.1).
    socket.send(
      encode({ type: 'response', id: query.id ?? 0, flags, questions: query.questions ?? [], answers }),
      from.port,
      from.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  lifetime.after(async () => {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  });
  return `127.0.0.1:${socket.address().port}`;
}

function addressOf(index: number): string {
  return `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

/** The port of every kind's server, which listens on all addresses. */
async function serveKinds(lifetime: Lifetime): Promise<Readonly<Record<KindName, number>>> {
  const host = '0.0.0.0';
  const http = async (handler: Handler): Promise<number> => (await serveHttp(lifetime, handler, host)).port;
  const tcp = async (script: (socket: Socket) => void): Promise<number> =>
    (await serveTcp(lifetime, (socket) => script(socket.on('error', () => {})), host)).port;
  const tls = async (identity: Identity): Promise<number> =>
    (await serveHttps(lifetime, identity, answer, { host })).port;
  const answer: Handler = (_request, response) => response.end('ok');
  const named = (name: string, options: CertificateOptions = {}): Identity =>
    leaf(intermediate, { names: [`*.${name}.sweep.test`], ...options });

  const plain = await http(answer);
  return {
    plain,
    nowhere: plain,
    failing: plain,
    lost: plain,
    tls: await tls(named('tls')),
    h2: (await serveHttp2(lifetime, named('h2'), answer, { host })).port,
    late: await http((_request, response) => void setTimeout(() => response.end('ok'), 200)),
    expiring: await tls(named('expiring', { notAfter: daysFromNow(5) })),
    refused: await closedPort(lifetime),
    blackhole: await fullListener(lifetime),
    mute: await tcp((socket) => void socket.resume()),
    endless: await http((_request, response) => void response.write('and so on')),
    reset: await tcp((socket) => void socket.once('data', () => socket.resetAndDestroy())),
    closing: await tcp((socket) => void socket.once('data', () => socket.end())),
    garbage: await tcp((socket) => void socket.once('data', () => socket.end('garbage\r\n\r\n'))),
    broken: await http((_request, response) => void response.writeHead(500).end()),
    astray: await http((_request, response) => void response.writeHead(302, { location: 'ftp://sweep.test/' }).end()),
    expired: await tls(named('expired', { notBefore: daysFromNow(-30), notAfter: daysFromNow(-1) })),
    foreign: await tls(leaf(foreignRoot, { names: ['*.foreign.sweep.test'] })),
    misnamed: await tls(named('other')),
    notls: await tcp((socket) => void socket.once('data', () => socket.end('what?\r\n'))),
  };
}

/** The difference between what was found and what had to be: one line each, none when all is right. */
export function wrongVerdicts(
  { verdicts }: SweepScene,
  rows: Iterable<{
    readonly target: string;
    readonly success: boolean;
    readonly phase?: string;
    readonly reason?: string;
  }>,
): string[] {
  const left = new Map(verdicts);
  const wrong: string[] = [];
  for (const { target, success, phase = '', reason = '' } of rows) {
    const verdict = success ? 'success' : `${phase} ${reason}`;
    const expected = left.get(target);
    if (!left.delete(target)) wrong.push(`${target}: twice, or not of the list`);
    else if (verdict !== expected) wrong.push(`${target}: ${verdict}, not ${expected}`);
  }
  return [...wrong, ...[...left.keys()].map((target) => `${target}: lost`)];
}
