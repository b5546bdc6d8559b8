import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { splitServer } from './server-address.ts';

/**
 * Why a name server cannot be reached, as an error of the system; undefined when a way leads there. c-ares calls it
 * ECONNREFUSED whatever the system said. Nothing is sent.
 */
export function whyUnreachable(server: string): Promise<Error | undefined> {
  const { address, port } = splitServer(server);
  return new Promise((settle) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (error?: Error): void => {
      socket.close();
      settle(error);
    };
    socket.once('error', end);
    socket.once('connect', () => end());
    socket.connect(port, address);
  });
}
