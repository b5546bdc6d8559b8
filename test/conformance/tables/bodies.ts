import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Handler } from '../../support/servers.ts';
import type { ProbeCase } from '../probe-case.ts';
import { http, raw } from '../targets.ts';

const module = (options: object, rest: object = {}) => ({ prober: 'http', http: options, ...rest });

const send =
  (body: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    void response.writeHead(200, headers).end(body);

const chunked =
  (...parts: (string | Buffer)[]): Handler =>
  (_request, response) => {
    for (const part of parts) response.write(part);
    response.end();
  };

const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(200);
const gzipped = gzipSync(text);

const compressed = (name: string, compression: string, body: string | Buffer, options: object = {}): ProbeCase => ({
  name,
  module: module({ compression, ...options }),
  target: http(send(body, { 'Content-Encoding': compression })),
});

const compression: ProbeCase[] = [
  compressed('gzip', 'gzip', gzipped),
  compressed('br', 'br', brotliCompressSync(text)),
  compressed('deflate', 'deflate', deflateRawSync(text)),
  compressed('identity', 'identity', text),
  compressed('compression in capitals', 'GZIP', gzipped),
  compressed('deflate in a zlib wrapper', 'deflate', deflateSync(text)),
  compressed('gzip of a plain body', 'gzip', text),
  compressed('br of a plain body', 'br', text),
  compressed('deflate of a plain body', 'deflate', text),
  compressed('gzip of an empty body', 'gzip', ''),
  compressed('br of an empty body', 'br', ''),
  compressed('deflate of an empty body', 'deflate', ''),
  compressed('a compressed empty body', 'gzip', gzipSync('')),
  compressed('gzip cut short', 'gzip', gzipped.subarray(0, gzipped.length - 12)),
  compressed('br cut short', 'br', brotliCompressSync(text).subarray(0, 40)),
  compressed('deflate cut short', 'deflate', deflateRawSync(text).subarray(0, 40)),
  compressed('gzip with a wrong checksum', 'gzip', withFlippedByte(gzipped, gzipped.length - 6)),
  compressed('two members of gzip', 'gzip', Buffer.concat([gzipped, gzipSync('more')])),
  compressed('gzip with bytes after it', 'gzip', Buffer.concat([gzipped, Buffer.from('trailing bytes')])),
  compressed('br with bytes after it', 'br', Buffer.concat([brotliCompressSync(text), Buffer.from('trailing bytes')])),
  compressed('deflate with bytes after it', 'deflate', Buffer.concat([deflateRawSync(text), Buffer.from('trailing')])),
  { name: 'gzip under HEAD', module: module({ compression: 'gzip', method: 'HEAD' }), target: http(send('')) },
  {
    name: 'a compressed body that no module expects',
    module: module({}),
    target: http(send(gzipped, { 'Content-Encoding': 'gzip' })),
  },
  {
    name: 'a compressed body without Content-Encoding',
    module: module({ compression: 'gzip' }),
    target: http(send(gzipped)),
  },
  {
    name: 'compression and Accept-Encoding',
    module: module({ compression: 'gzip', headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } }),
    target: http(send(gzipped, { 'Content-Encoding': 'gzip' })),
  },
  {
    name: 'a compressed body in chunks',
    module: module({ compression: 'gzip' }),
    target: http(chunked(gzipped.subarray(0, 30), gzipped.subarray(30))),
  },
  {
    name: 'an expression on a compressed body',
    module: module({ compression: 'br', fail_if_body_not_matches_regexp: ['lazy dog'] }),
    target: http(send(brotliCompressSync(text))),
  },
  {
    name: 'an expression on a body that does not decompress',
    module: module({ compression: 'gzip', fail_if_body_matches_regexp: ['fox'] }),
    target: http(send(text)),
  },
  {
    name: 'compression after a bad status',
    module: module({ compression: 'gzip', valid_status_codes: [404] }),
    target: http(send(gzipped)),
  },
];

function withFlippedByte(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 0xff;
  return copy;
}

const limits: ProbeCase[] = [
  { name: 'a body at the limit', module: module({ body_size_limit: '1KB' }), target: http(send('x'.repeat(1024))) },
  { name: 'a body above the limit', module: module({ body_size_limit: '1KB' }), target: http(send('x'.repeat(1025))) },
  {
    name: 'a body far above the limit',
    module: module({ body_size_limit: '10B' }),
    target: http(send('x'.repeat(400_000))),
  },
  {
    name: 'a body in chunks above the limit',
    module: module({ body_size_limit: '10B' }),
    target: http(chunked('12345', '67890', '1')),
  },
  { name: 'no limit', module: module({ body_size_limit: '0B' }), target: http(send('x'.repeat(400_000))) },
  {
    name: 'a compressed body whose text is above the limit',
    module: module({ compression: 'gzip', body_size_limit: '1KB' }),
    target: http(send(gzipped)),
  },
  {
    name: 'a compressed body whose text is below the limit',
    module: module({ compression: 'gzip', body_size_limit: '10KiB' }),
    target: http(send(gzipped)),
  },
  {
    name: 'an expression on a body above the limit',
    module: module({ body_size_limit: '10B', fail_if_body_matches_regexp: ['no'] }),
    target: http(send('x'.repeat(1025))),
  },
  {
    name: 'an expression that matches below the limit',
    module: module({ body_size_limit: '10B', fail_if_body_not_matches_regexp: ['xx'] }),
    target: http(send('x'.repeat(1025))),
  },
  { name: 'HEAD under a limit', module: module({ body_size_limit: '1B', method: 'HEAD' }), target: http(send('')) },
];

const matches = (
  name: string,
  kind: 'matches' | 'not_matches',
  expressions: string[],
  body: string | Buffer,
): ProbeCase => ({
  name,
  module: module({ [`fail_if_body_${kind}_regexp`]: expressions }),
  target: http(send(body)),
});

const expressions: ProbeCase[] = [
  matches('a body that must not match does', 'matches', ['fox'], text),
  matches('a body that must not match does not', 'matches', ['wolf'], text),
  matches('a body that must match does', 'not_matches', ['qu[a-i]ck'], text),
  matches('a body that must match does not', 'not_matches', ['wolf'], text),
  matches('the second expression fails', 'not_matches', ['fox', 'wolf'], text),
  matches('the second expression matches', 'matches', ['wolf', 'fox'], text),
  matches('an empty list of expressions', 'matches', [], text),
  matches('an expression on an empty body', 'not_matches', ['^$'], ''),
  matches('an expression that ignores case', 'not_matches', ['(?i)THE QUICK'], text),
  matches('a dot does not match a line break', 'not_matches', ['dog.+The'], text),
  matches('a dot matches a line break when told', 'not_matches', ['(?s)dog.+The'], text),
  matches('a caret is the start of the text', 'not_matches', ['^b'], 'a\nb'),
  matches('a caret is the start of a line when told', 'not_matches', ['(?m)^b$'], 'a\nb\n'),
  matches('a word boundary', 'not_matches', ['\\bfox\\b'], text),
  matches('classes of Unicode', 'not_matches', ['^\\p{Greek}+ \\pL$'], '\u03b1\u03b2\u03b3 x'),
  matches('letters beyond ASCII', 'not_matches', ['^gr.\u00df$'], 'gr\u00fc\u00df'),
  matches('a body that is not UTF-8', 'not_matches', ['^a.b$'], Buffer.from('61ff62', 'hex')),
  matches('a byte that is not UTF-8', 'not_matches', ['^a\\xffb$'], Buffer.from('61ff62', 'hex')),
  matches('two bytes that are not UTF-8', 'not_matches', ['^a..b$'], Buffer.from('61fffe62', 'hex')),
  matches('a code point beyond the first plane', 'not_matches', ['^a.b$'], 'a\u{1f600}b'),
  matches('a zero byte', 'not_matches', ['a\\x00b'], 'a\0b'),
  matches('lazy quantifiers', 'not_matches', ['^<.*?>$'], '<a><b>'),
  matches('a quantified group', 'not_matches', ['^(?:ab){2,3}$'], 'ababab'),
  matches('an expression slow to backtrack', 'matches', ['^(a+)+$'], `${'a'.repeat(5_000)}b`),
  matches('an expression on a large body', 'not_matches', ['needle$'], `${'hay'.repeat(300_000)}needle`),
  {
    name: 'both kinds of expressions',
    module: module({ fail_if_body_matches_regexp: ['wolf'], fail_if_body_not_matches_regexp: ['fox'] }),
    target: http(send(text)),
  },
  {
    name: 'an expression after a bad status',
    module: module({ fail_if_body_matches_regexp: ['fox'], valid_status_codes: [404] }),
    target: http(send(text)),
  },
  {
    name: 'an expression under HEAD',
    module: module({ fail_if_body_not_matches_regexp: ['fox'], method: 'HEAD' }),
    target: http(send('')),
  },
  {
    name: 'an expression on the body after one on a header failed',
    module: module({
      fail_if_header_matches: [{ header: 'Date', regexp: '.' }],
      fail_if_body_matches_regexp: ['fox'],
    }),
    target: http(send(text)),
  },
  {
    name: 'an expression on the body after one on a header passed',
    module: module({
      fail_if_header_not_matches: [{ header: 'Date', regexp: '.' }],
      fail_if_body_matches_regexp: ['fox'],
    }),
    target: http(send(text)),
  },
  {
    name: 'an expression on a body that breaks off',
    module: module({ fail_if_body_not_matches_regexp: ['half'] }),
    target: raw('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
  },
];

export const bodies: readonly ProbeCase[] = [...compression, ...limits, ...expressions];
