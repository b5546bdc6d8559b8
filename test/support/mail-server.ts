import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type TlsOptions } from 'node:tls';
import type { Identity } from './certificates.ts';
import { serveTcp, type Lifetime, type Listening } from './servers.ts';

export interface MailServerOptions {
  readonly tls?: TlsOptions;
  readonly host?: string;
  readonly onConnection?: (socket: Socket) => void;
  /** Sees the stream of a connection that goes on encrypted. */
  readonly onStartTls?: (socket: TLSSocket) => void;
}

/** As much of an SMTP server as a probe of STARTTLS talks to. */
export function serveMail(
  lifetime: Lifetime,
  identity: Identity,
  { tls = {}, host, onConnection, onStartTls }: MailServerOptions = {},
): Promise<Listening> {
  const secureContext = createSecureContext({ cert: identity.chain, key: identity.key, ...tls });
  const converse = (socket: Socket): void => {
    onConnection?.(socket);
    socket.write('220 mail.test ESMTP ready\r\n');
    byLine(socket, (line) => {
      if (line === 'EHLO prober') socket.write('250-mail.test\r\n250-PIPELINING\r\n250 STARTTLS\r\n');
      if (line !== 'STARTTLS') return true;
      socket.write('220 go ahead\r\n');
      // It ends by FIN alone: an alert would be answered by a reset.
      socket.allowHalfOpen = true;
      const secured = new TLSSocket(socket, { ...tls, isServer: true, secureContext });
      secured.on('error', () => socket.destroy()).on('end', () => secured.destroy());
      onStartTls?.(secured);
      byLine(secured, (line) => {
        if (line === 'EHLO prober') secured.write('250-mail.test\r\n250 AUTH PLAIN\r\n');
        return true;
      });
      return false;
    });
  };
  return serveTcp(lifetime, converse, host);
}

/** Hands every line to `hear` until it says false. */
function byLine(socket: Socket, hear: (line: string) => boolean): void {
  let pending = '';
  const read = (chunk: Buffer): void => {
    const lines = (pending + chunk.toString('latin1')).split('\r\n');
    pending = lines.pop() ?? '';
    if (!lines.every(hear)) socket.off('data', read);
  };
  socket.on('data', read);
}
