import * as net from 'node:net';
import { serveTcp, type Lifetime, type Listening } from './servers.ts';

/** How a client has ended its connection: by RST, or by FIN. */
export type Ending = 'reset' | 'fin';

export interface Relay extends Listening {
  /** Resolves with how the next connection is ended by its client. */
  nextEnding(): Promise<Ending>;
}

/** Passes connections on to a port of 127.0.0.1 and sees how clients end them. */
export async function serveRelay(lifetime: Lifetime, port: number): Promise<Relay> {
  const waiting: ((ending: Ending) => void)[] = [];
  const relay = await serveTcp(lifetime, (front) => {
    const back = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let ending: Ending | undefined;
    const end = (how: Ending): void => {
      if (ending === undefined) waiting.shift()?.(how);
      ending ??= how;
    };
    // A reset right behind data looks like an end; but nothing can be sent any more.
    front.allowHalfOpen = true;
    front.on('end', () => front.write('?', (error) => end(isLoss(error) ? 'reset' : 'fin')));
    front.on('error', () => end('reset'));
    front.on('close', () => back.destroy());
    back.on('error', () => front.destroy());
    front.pipe(back);
    back.pipe(front);
    lifetime.after(async () => void back.destroy());
  });
  return { ...relay, nextEnding: () => new Promise((settle) => waiting.push(settle)) };
}

function isLoss(error: Error | null | undefined): boolean {
  return error != null && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
