import type { Connection } from '../net/connection.ts';
import type { TlsOptions } from '../net/tls.ts';
import type { ProbeContext } from './context.ts';
import { recordTls } from './tls-metrics.ts';

/** Puts TLS on a connection and tells what the handshake showed, also when its certificate is then refused. */
export async function secure(context: ProbeContext, connection: Connection, options: TlsOptions): Promise<void> {
  try {
    await connection.startTls(options);
    context.log.debug('TLS handshake succeeded');
  } finally {
    if (connection.tls !== undefined) recordTls(context, connection.tls);
  }
}
