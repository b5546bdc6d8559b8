import { createSocket } from 'node:dgram';
import { abortFailure, onAbort } from '../../net/abort.ts';
import { watchDatagrams } from '../../net/datagram-watch.ts';
import { endpointText } from '../../net/endpoint.ts';
import { asFailure } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { blameSource, checkSource } from '../../net/source.ts';
import { badTarget } from '../../net/target.ts';
import { misfit } from './message.ts';
import type { Exchange } from './exchange.ts';

/** What an answer to a query without EDNS may have at most (RFC 1035, section 4.2.1). */
const maxAnswer = 512;

/** Asks once by UDP. Datagrams that do not fit the query are ignored; the answer is not asked for again by TCP. */
export async function askByUdp({ context, address, port, source, query, id, connected }: Exchange): Promise<Buffer> {
  const { signal, log, connector } = context;
  if (port === 0) throw badTarget('There is no port 0 to send to');
  checkSource(source, address);
  const socket = createSocket(address.family === 6 ? 'udp6' : 'udp4');
  let stop = (): void => {};
  let age = (): number | undefined => undefined;
  return await new Promise<Buffer>((settle, reject) => {
    let phase: 'connect' | 'response' = 'connect';
    const fail = (error: unknown): void => {
      const action = `Cannot ask ${endpointText({ ...address, port })}`;
      reject(blameSource(asFailure(error, phase, action), source, address.family));
    };
    socket.on('error', fail);
    socket.on('message', (bytes) => {
      const waited = age();
      if (waited !== undefined) connector.heardDatagram(waited);
      const why = misfit(id, query.question, bytes);
      if (why !== undefined) log.debug('Ignored a datagram', { bytes: bytes.length, why });
      else if (bytes.length <= maxAnswer) settle(bytes);
      else reject(tooLarge(bytes.length));
    });
    stop = onAbort(signal, () => reject(abortFailure(signal, phase)));
    const connect = (): void =>
      socket.connect(port, address.address, (error?: Error) => {
        if (error !== undefined) return fail(error);
        phase = 'response';
        age = watchDatagrams(socket);
        connected();
        socket.send(query.withId(id), (error) => {
          if (error !== null) fail(error);
        });
      });
    if (source === undefined) connect();
    else socket.bind({ address: source, port: 0, exclusive: true }, connect);
  }).finally(() => {
    stop();
    socket.close();
  });
}

function tooLarge(length: number): ProbeFailure {
  const message = `The answer has ${length} bytes, where ${maxAnswer} were allowed`;
  return new ProbeFailure('response', 'too_large', message);
}
