import { ipv4Text, ipv6Text } from './address.ts';
import type { Field } from './fields.ts';
import { escapeParameter } from './presentation.ts';
import { WireError, WireReader } from './wire.ts';

interface Parameter {
  readonly name: string;
  readonly show: (value: Buffer) => string;
}

const parameters: readonly Parameter[] = [
  { name: 'mandatory', show: (value) => split(value, (data) => keyText(data.u16())).join() },
  { name: 'alpn', show: (value) => split(value, (data) => escapeProtocol(data.text())).join() },
  { name: 'no-default-alpn', show: nothing },
  { name: 'port', show: port },
  { name: 'ipv4hint', show: (value) => addresses(value, 4, ipv4Text) },
  { name: 'ech', show: (value) => value.toString('base64') },
  { name: 'ipv6hint', show: (value) => addresses(value, 16, ipv6Text) },
  { name: 'dohpath', show: showOctets },
  { name: 'ohttp', show: nothing },
];
const reservedKey = 65535;

/** The parameters of SVCB and HTTPS (RFC 9460, section 2.2). */
export const serviceParameters: Field = {
  read: (data) => {
    const shown: string[] = [];
    let last = -1;
    while (!data.ended) {
      const key = data.u16();
      const value = data.take(data.u16());
      if (key <= last || key === reservedKey) throw new WireError('The service parameters are out of order');
      last = key;
      shown.push(`${keyText(key)}="${parameters[key]?.show(value) ?? showOctets(value)}"`);
    }
    return shown;
  },
  absent: [],
};

function keyText(key: number): string {
  return parameters[key]?.name ?? (key === reservedKey ? '' : `key${key}`);
}

function showOctets(value: Buffer): string {
  return escapeParameter(value.toString('latin1'));
}

/** Commas and backslashes are escaped twice: once for the list, once for the record. */
function escapeProtocol(protocol: string): string {
  return protocol
    .split(/([,\\])/)
    .map((part) => (part === ',' ? '\\\\\\044' : part === '\\' ? '\\\\\\092' : escapeParameter(part)))
    .join('');
}

function nothing(value: Buffer): string {
  if (value.length > 0) throw new WireError('A service parameter has a value that must have none');
  return '';
}

function port(value: Buffer): string {
  if (value.length !== 2) throw new WireError('A port has not two bytes');
  return String(value.readUInt16BE());
}

function addresses(value: Buffer, size: number, show: (bytes: Buffer) => string): string {
  if (value.length === 0) throw new WireError('An address hint is empty');
  return split(value, (data) => show(data.take(size))).join();
}

function split(value: Buffer, read: (data: WireReader) => string): string[] {
  const data = new WireReader(value);
  const parts: string[] = [];
  while (!data.ended) parts.push(read(data));
  return parts;
}
