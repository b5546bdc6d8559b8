import { ipv4Text, ipv6Text } from './address.ts';
import { typeText } from './codes.ts';
import { escapeText, quoteOctets, quoteText } from './presentation.ts';
import { WireError, type WireReader } from './wire.ts';

/** A part of a record's data: how it is read into words, and the words that stand for it where the data ends before it. */
export interface Field {
  readonly read: (data: WireReader) => readonly string[];
  readonly absent: readonly string[];
}

/** One word. */
function word(read: (data: WireReader) => string, absent = ''): Field {
  return { read: (data) => [read(data)], absent: [absent] };
}

/** Any number of words. */
function words(read: (data: WireReader) => readonly string[]): Field {
  return { read, absent: [] };
}

export const u8 = word((data) => String(data.u8()), '0');
export const u16 = word((data) => String(data.u16()), '0');
export const u32 = word((data) => String(data.u32()), '0');
export const name = word((data) => data.name());
export const bareText = word((data) => escapeText(data.text()));
export const text = word((data) => quoteText(data.text()), '""');
export const octets = word((data) => quoteOctets(data.rest().toString('latin1')), '""');
export const hex = word((data) => data.rest().toString('hex'));
export const upperHex = word((data) => data.rest().toString('hex').toUpperCase());
export const base64 = word((data) => data.rest().toString('base64'));
export const raw = word((data) => data.rest().toString());
export const type = word((data) => typeText(data.u16()), 'None');
export const time = word((data) => timeText(data.u32()), timeText(0));
export const ipv4 = words((data) => [ipv4Text(data.take(4))]);
export const ipv6 = words((data) => [ipv6Text(data.take(16))]);

export const texts = words((data) => all(data, () => quoteText(data.text())));
export const names = words((data) => all(data, () => data.name()));

/** Nothing, which makes a space before what follows. */
export const gap: Field = { read: () => [''], absent: [''] };

/** Data of any length after RFC 3597. */
export const generic: Field = {
  read: (data) => {
    const bytes = data.rest();
    return ['\\#', String(bytes.length), bytes.toString('hex')];
  },
  absent: ['\\#', '0', ''],
};

/** Hexadecimal digits behind a length of one byte, a dash for none. */
export const salt = word((data) => data.take(data.u8()).toString('hex').toUpperCase() || '-', '-');

/** Hexadecimal digits behind a length of two bytes, which is shown as well. */
export const sizedHex: Field = {
  read: (data) => {
    const bytes = data.take(data.u16());
    return [String(bytes.length), bytes.toString('hex')];
  },
  absent: ['0', ''],
};

/** The next hashed owner name (RFC 5155, section 3.3). */
export const base32 = word((data) => base32Text(data.take(data.u8())));

/** Eight bytes as four groups (RFC 6742). */
export const groups = word((data) => dashed(data.take(8).toString('hex'), 4, ':'), '0000:0000:0000:0000');
export const upperGroups = word(
  (data) => dashed(data.take(8).toString('hex').toUpperCase(), 4, ':'),
  '0000:0000:0000:0000',
);
export const eui48 = word((data) => dashed(data.take(6).toString('hex'), 2, '-'), '00-00-00-00-00-00');
export const eui64 = word((data) => dashed(data.take(8).toString('hex'), 2, '-'), '00-00-00-00-00-00-00-00');

function dashed(digits: string, size: number, separator: string): string {
  return digits.replace(new RegExp(`.{${size}}(?=.)`, 'g'), `$&${separator}`);
}

const longWord = 1024;

/** Hexadecimal digits in words of 1024; when they fill the last one, an empty word follows. */
export const longHex: Field = {
  read: (data) => {
    const digits = data.rest().toString('hex');
    const count = Math.floor(digits.length / longWord) + 1;
    return Array.from({ length: count }, (_, index) => digits.slice(index * longWord, (index + 1) * longWord));
  },
  absent: [''],
};

/** The types of a bit map (RFC 4034, section 4.1.2). */
export const typeBitmap = words((data) => {
  const types: string[] = [];
  let last = -1;
  while (!data.ended) {
    const window = data.u8();
    const bits = data.take(data.u8());
    if (window <= last || bits.length === 0 || bits.length > 32) throw new WireError('A type bit map is malformed');
    last = window;
    for (const [index, byte] of bits.entries()) {
      for (let bit = 0; bit < 8; bit++) {
        if (byte & (0x80 >> bit)) types.push(typeText(window * 256 + index * 8 + bit));
      }
    }
  }
  return types;
});

/** Address prefixes (RFC 3123, section 4). */
export const prefixes = words((data) => all(data, () => prefix(data)));

function prefix(data: WireReader): string {
  const family = data.u16();
  const bits = data.u8();
  const flags = data.u8();
  const size = family === 1 ? 4 : 16;
  const given = data.take(flags & 0x7f);
  if ((family !== 1 && family !== 2) || bits > size * 8 || given.length > size || given.at(-1) === 0) {
    throw new WireError('An address prefix is malformed');
  }
  const address = Buffer.alloc(size);
  given.copy(address);
  const shown = family === 1 ? ipv4Text(address) : ipv6Text(address);
  return `${flags & 0x80 ? '!' : ''}${family}:${shown}/${bits}`;
}

/** A gateway or relay whose kind was read before (RFC 4025, section 2.3). */
export function gateway(kind: number, data: WireReader): string {
  if (data.ended) return '.';
  switch (kind) {
    case 1:
      return ipv4Text(data.take(4));
    case 2:
      return ipv6Text(data.take(16));
    case 3:
      return data.name();
    default:
      return '.';
  }
}

/** Seconds since the epoch as the date that DNSSEC writes (RFC 4034, section 3.2). */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

const base32Digits = '0123456789ABCDEFGHIJKLMNOPQRSTUV';

function base32Text(bytes: Buffer): string {
  let digits = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) digits += base32Digits.charAt((value >> (bits - 5)) & 31);
  }
  return bits === 0 ? digits : digits + base32Digits.charAt((value << (5 - bits)) & 31);
}

function all(data: WireReader, read: () => string): string[] {
  const found: string[] = [];
  while (!data.ended) found.push(read());
  return found;
}
