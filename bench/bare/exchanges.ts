import net from 'node:net';
import tls from 'node:tls';

/** Connects, asks, reads the whole answer, and resets; rejects when that fails. */
export type Exchange = (host: string, port: number) => Promise<void>;

/** What the probes of these cases do at least, by bare sockets. */
export const exchanges: Readonly<Record<string, Exchange>> = { http, https_h1, tcp };

const secureContext = tls.createSecureContext({ ca: process.env['BARE_CA'] ?? [] });

function tcp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => {
      socket.resetAndDestroy();
      resolve();
    });
    socket.on('error', reject);
  });
}

function http(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host);
    socket.on('error', reject);
    ask(socket, socket, host, resolve);
  });
}

function https_h1(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const raw = net.connect(port, host);
    const socket = tls.connect({ socket: raw, secureContext, servername: 'localhost' });
    raw.on('error', reject);
    socket.on('error', reject);
    ask(socket, raw, host, resolve);
  });
}

/** Reads the head and as much body as it tells of. */
function ask(stream: net.Socket, raw: net.Socket, host: string, done: () => void): void {
  let answer = '';
  stream.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  stream.on('data', (data: Buffer) => {
    answer += data.toString('latin1');
    const head = answer.indexOf('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(answer)?.[1];
    if (head < 0 || length === undefined || answer.length < head + 4 + Number(length)) return;
    raw.resetAndDestroy();
    done();
  });
}
