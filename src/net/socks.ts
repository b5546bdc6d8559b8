import { isIPv4 } from 'node:net';
import type { Duplex } from 'node:stream';
import { ipBytes } from '../kernel/ip-bytes.ts';
import { ProbeFailure, type Reason } from './failure.ts';
import type { Proxy } from './proxy.ts';
import type { StreamReader } from './stream-reader.ts';

const version = 5;
const methods = { none: 0, password: 2 } as const;
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** Why a proxy did not connect, by its reply (RFC 1928, section 6). */
const replies: readonly (readonly [reason: Reason, text: string])[] = [
  ['status', 'succeeded'],
  ['status', 'a general failure'],
  ['permission', 'its rules do not allow the connection'],
  ['unreachable', 'the network is unreachable'],
  ['unreachable', 'the target is unreachable'],
  ['refused', 'the target refused the connection'],
  ['unreachable', 'the time to live expired'],
  ['status', 'it does not know CONNECT'],
  ['status', 'it does not know this type of address'],
];

/**
 * Has a SOCKS 5 proxy connect to the target (RFC 1928; user and password: RFC 1929). Throws ProbeFailure in phase
 * `proxy`.
 */
export async function connectBySocks(
  stream: Duplex,
  reader: StreamReader,
  { credentials }: Proxy,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const offered = credentials === undefined ? [methods.none] : [methods.none, methods.password];
  stream.write(Buffer.from([version, offered.length, ...offered]));
  const [answered, method] = await read(reader, 2);
  if (answered !== version) throw failed('bad_response', 'It does not speak SOCKS 5');
  if (method === methods.password && credentials !== undefined) await authenticate(stream, reader, credentials);
  else if (method !== methods.none) throw failed('status', 'It accepts none of the ways to authenticate');
  const port = Buffer.alloc(2);
  port.writeUInt16BE(target.port);
  stream.write(Buffer.concat([Buffer.from([version, 1, 0]), addressBytes(target.host), port]));
  const [, reply = 1, , type] = await read(reader, 4);
  if (reply !== 0) {
    const [reason, text] = replies[reply] ?? ['bad_response', `its reply is ${reply}, which is none`];
    throw failed(reason, `It does not connect to the target: ${text}`);
  }
  const length = type === addressTypes.name ? ((await read(reader, 1))[0] ?? 0) : type === addressTypes.ipv4 ? 4 : 16;
  await read(reader, length + 2);
}

async function authenticate(stream: Duplex, reader: StreamReader, credentials: string): Promise<void> {
  const colon = credentials.indexOf(':');
  const user = Buffer.from(credentials.slice(0, colon));
  const password = Buffer.from(credentials.slice(colon + 1));
  stream.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
  const [, status] = await read(reader, 2);
  if (status !== 0) throw failed('status', 'It refuses the user and password');
}

function addressBytes(host: string): Buffer {
  const bytes = ipBytes(host);
  if (bytes !== undefined) {
    return isIPv4(host)
      ? Buffer.from([addressTypes.ipv4, ...bytes.subarray(-4)])
      : Buffer.from([addressTypes.ipv6, ...bytes]);
  }
  const name = Buffer.from(host);
  if (name.length > 255) throw failed('bad_target', 'The name of the target is longer than 255 bytes');
  return Buffer.concat([Buffer.from([addressTypes.name, name.length]), name]);
}

async function read(reader: StreamReader, count: number): Promise<Buffer> {
  const bytes = await reader.readBytes(count);
  if (bytes.length < count) throw failed('closed', 'It closed the connection');
  return bytes;
}

function failed(reason: Reason, message: string): ProbeFailure {
  return new ProbeFailure('proxy', reason, message);
}
