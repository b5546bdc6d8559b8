import net from 'node:net';
import tls from 'node:tls';
import type { Certificate } from './certificate.ts';
import { ProbeFailure } from './failure.ts';
import { judge } from './judgement.ts';
import { readStaple, type Staple } from './ocsp.ts';
import { servedChain } from './served-chain.ts';
import type { TlsSettings } from './settings.ts';
import type { TlsContext } from './tls-context.ts';

/** What a handshake showed. */
export interface TlsFacts {
  /** Whether it came to its end; one that broke off is not judged, and may lack what comes late in it. */
  readonly ended: boolean;
  /** As blackbox_exporter writes it, e.g. `TLS 1.3`. */
  readonly version: string;
  /** The cipher suite by its IANA name. */
  readonly cipher: string | undefined;
  /** The group of the key exchange, as `X25519MLKEM768` or `P-256`; undefined when the runtime does not tell. */
  readonly group: string | undefined;
  /** The protocol chosen by ALPN; undefined when none was. */
  readonly alpn: string | undefined;
  /** The certificates as served, the server's own first; the same object as long as the server shows the same. */
  readonly chain: readonly Certificate[];
  /** The certificates as verified, down to a trusted root; undefined when none were, or none are wanted. */
  readonly verified: readonly Certificate[] | undefined;
  /** What the server says of the revocation of its certificate; undefined when it says nothing. */
  readonly staple: Staple | undefined;
  /** Why the server's certificate is not to be trusted; undefined when it is. */
  readonly distrust: ProbeFailure | undefined;
}

/** How one handshake is to go. */
export interface TlsOptions {
  readonly settings: TlsSettings;
  /** The name or IP address that the certificate must be for; `settings.serverName` goes before it. */
  readonly host: string;
  /** The protocols to offer by ALPN, best first. */
  readonly alpn?: readonly string[];
}

/**
 * A TLS handshake on a connected socket, under way from its construction. A certificate that cannot be trusted does not
 * end it: the facts tell.
 */
export class TlsHandshake {
  readonly socket: tls.TLSSocket;
  readonly #options: TlsOptions;
  readonly #context: TlsContext;
  readonly #carrier: net.Socket;
  readonly #bytesBefore: number;
  /** For whom the key shares are chosen. */
  readonly #server: string;
  #ended = false;
  #staple: Buffer | null = null;
  #broken: TlsFacts | undefined;

  /** `endpoint` names where the carrier goes. */
  constructor(carrier: net.Socket, endpoint: string, options: TlsOptions, context: TlsContext) {
    this.#options = options;
    this.#context = context;
    this.#carrier = carrier;
    this.#bytesBefore = carrier.bytesRead;
    const name = serverName(options);
    this.#server = `${endpoint} ${name}`;
    const connect: tls.ConnectionOptions & { readonly requestOCSP: boolean } = {
      socket: carrier,
      secureContext: context.shares.contextFor(this.#server),
      rejectUnauthorized: false,
      requestOCSP: true,
      checkServerIdentity: () => undefined,
      ...(net.isIP(name) === 0 && name !== '' && { servername: name }),
      ...(options.alpn !== undefined && { ALPNProtocols: [...options.alpn] }),
    };
    this.socket = tls.connect(connect);
    // Node would translate the whole chain for a check of the name that is made elsewhere.
    this.socket.getPeerCertificate = noPeerCertificate;
    this.socket.on('OCSPResponse', (response: Buffer | null) => {
      this.#staple = response;
    });
    this.#lookBeforeTheEnd();
  }

  /** What the handshake, ended, showed, and the judgement of its certificate. Throws ProbeFailure when that cannot be read. */
  facts(): TlsFacts {
    this.#ended = true;
    const seen = readable(() => this.#seen());
    const { chain, version, group } = seen;
    this.#context.shares.ended(this.#server, group === 'X25519' || version !== 'TLS 1.3');
    const { insecureSkipVerify } = this.#options.settings;
    // To find a chain the roots have to be read: that is left out where nobody asks for it.
    const wanted = this.socket.authorized && (!insecureSkipVerify || this.#staple !== null);
    const path = wanted ? readable(() => this.#context.trust.chain(chain)) : undefined;
    const staple = this.#staple === null ? undefined : readStaple(this.#staple, chain, path);
    const distrust = judge(this.socket, chain, staple, serverName(this.#options));
    return { ...seen, ended: true, verified: insecureSkipVerify ? undefined : path, staple, distrust };
  }

  /** What is known of a handshake that broke off; undefined when the server showed no certificate. */
  brokenFacts(): TlsFacts | undefined {
    if (!this.#ended) this.#context.shares.brokeOff(this.#server);
    if (!this.#ended && !this.socket.destroyed) this.#look();
    return this.#broken;
  }

  /** When the socket is destroyed, what it has seen is gone. */
  #lookBeforeTheEnd(): void {
    const { socket } = this;
    const destroy = socket._destroy.bind(socket);
    socket._destroy = (error, callback) => {
      if (!this.#ended) this.#look();
      destroy(error, callback);
    };
  }

  #look(): void {
    if (this.#broken !== undefined) return;
    try {
      const seen = this.#seen();
      if (seen.chain.length > 0) this.#broken = seen;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // Why it broke off is told already.
    }
  }

  #seen(): TlsFacts {
    const { socket } = this;
    const cipher = socket.getCipher() as tls.CipherNameAndProtocol | undefined;
    return {
      ended: false,
      version: versionNames[socket.getProtocol() ?? ''] ?? 'unknown',
      cipher: cipher?.standardName,
      group: keyExchangeGroup(socket),
      alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
      chain: servedChain(socket, this.#carrier.bytesRead - this.#bytesBefore),
      verified: undefined,
      staple: undefined,
      distrust: undefined,
    };
  }
}

const noPeerCertificate = (): tls.DetailedPeerCertificate => ({}) as tls.DetailedPeerCertificate;

function serverName({ settings, host }: TlsOptions): string {
  return (settings.serverName ?? host).replace(/\.$/, '');
}

const versionNames: Readonly<Record<string, string>> = {
  TLSv1: 'TLS 1.0',
  'TLSv1.1': 'TLS 1.1',
  'TLSv1.2': 'TLS 1.2',
  'TLSv1.3': 'TLS 1.3',
};

const groupNames: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

function keyExchangeGroup(socket: tls.TLSSocket): string | undefined {
  const key = socket.getEphemeralKeyInfo() as { readonly name?: string } | null;
  return key?.name === undefined ? undefined : (groupNames[key.name] ?? key.name);
}

/** OpenSSL takes certificates whose extensions are broken. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ProbeFailure('tls', 'tls_protocol', `A certificate cannot be read: ${error.message}`, { cause: error });
  }
}
