import type * as net from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { valid } from './identities.ts';
import { serveTcp, type Lifetime, type Listening } from './servers.ts';

/** What a server does with a connection: with the stream that it speaks on, over the socket. */
type Misbehaviour = (stream: Duplex, socket: net.Socket) => void;

/** Writes the same bytes again and again, as fast as they are taken. */
const flood =
  (bytes: Buffer): Misbehaviour =>
  (stream) => {
    const write = (): void => {
      while (!stream.destroyed && stream.write(bytes));
    };
    stream.on('drain', write).resume();
    write();
  };

// The first byte is that of no protocol's message, and no newline is among them.
const garbage = Buffer.from(
  Array.from({ length: 256 }, (_, index) => (index * 7 + 200) % 256).filter((byte) => byte !== 10),
);

/** The beginning of a ServerHello that says it is longer (RFC 8446, section 4.1.3). */
const halfServerHello = Buffer.from('160303007a020000760303', 'hex');

export const misbehaviours = {
  'closes at once': (stream) => stream.resume().end(),
  'closes on the first bytes': (stream) => stream.once('data', () => stream.end()),
  'resets at once': (_stream, socket) => socket.resetAndDestroy(),
  'resets on the first bytes': (stream, socket) => stream.once('data', () => socket.resetAndDestroy()),
  'sends garbage': (stream) => stream.resume().write(garbage),
  'sends garbage and closes': (stream) => stream.resume().end(garbage),
  'sends one line without an end': flood(Buffer.alloc(64 * 1024, 'x')),
  'sends lines without an end': flood(Buffer.from('nothing\r\n'.repeat(5000))),
  'drips a byte at a time': (stream) => {
    const drip = (): void => {
      if (!stream.destroyed) stream.write('x', () => setTimeout(drip, 1));
    };
    stream.resume();
    drip();
  },
  'says nothing': (stream) => stream.resume(),
  'stops within the handshake': (stream) => stream.once('data', () => stream.write(halfServerHello)),
  'resets within the handshake': (stream, socket) =>
    stream.once('data', () => stream.write(halfServerHello, () => setImmediate(() => socket.resetAndDestroy()))),
} satisfies Record<string, Misbehaviour>;

export type MisbehaviourName = keyof typeof misbehaviours;

export interface Hostility {
  readonly misbehaviour: MisbehaviourName;
  /** Whether a handshake of TLS comes first, and which protocol ALPN then chooses. */
  readonly tls: boolean;
  readonly alpn?: string;
  /** Whether STARTTLS is negotiated before anything else. */
  readonly startTls: boolean;
}

/** A server that treats every connection alike badly. */
export function serveBadly(lifetime: Lifetime, { misbehaviour, tls, alpn, startTls }: Hostility): Promise<Listening> {
  const misbehave: Misbehaviour = misbehaviours[misbehaviour];
  const begin = (socket: net.Socket): void => {
    if (tls) shakeHands(socket, alpn, (secured) => misbehave(secured, socket));
    else misbehave(socket, socket);
  };
  return serveTcp(lifetime, (socket) => {
    if (startTls) negotiate(socket, () => begin(socket));
    else begin(socket);
  });
}

function negotiate(socket: net.Socket, then: () => void): void {
  socket.write('220 ready\r\n');
  socket.once('data', () => {
    // What goes wrong next is not to come along with the go-ahead.
    socket.write('220 go ahead\r\n', () => socket.once('readable', then));
  });
}

let secureContext: ReturnType<typeof createSecureContext> | undefined;

function shakeHands(socket: net.Socket, alpn: string | undefined, then: (secured: TLSSocket) => void): void {
  secureContext ??= createSecureContext({ cert: valid().chain, key: valid().key });
  const protocols = alpn === undefined ? {} : { ALPNProtocols: [alpn] };
  const secured = new TLSSocket(socket, { isServer: true, secureContext, ...protocols });
  secured.on('error', () => {});
  secured.once('secure', () => then(secured));
}
