import type { Socket } from 'node:net';
import type { ProbeCase } from '../probe-case.ts';
import { finish, raw, tcp, unseen } from '../targets.ts';

const module = { prober: 'http', timeout: '2s' };
const answer = (name: string, ...rest: Parameters<typeof raw>): ProbeCase => ({ name, module, target: raw(...rest) });

const whole: ProbeCase[] = [
  answer('a body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'),
  answer(
    'a body of known length on a connection that stays',
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody',
    'keep',
  ),
  answer('no body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'keep'),
  answer('a body up to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nbody'),
  answer('a body up to a promised close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody'),
  answer('an empty body up to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\n'),
  answer('HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nbody'),
  answer('HTTP/1.0 with a length', 'HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody'),
  answer('chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', 'keep'),
  answer(
    'chunks with extensions',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0;c\r\n\r\n',
    'keep',
  ),
  answer(
    'chunks with a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
    'keep',
  ),
  answer('no chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'keep'),
  answer(
    'early hints first',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'keep',
  ),
  answer('100 Continue first', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'keep'),
  answer('204 with a body', 'HTTP/1.1 204 No Content\r\n\r\nbody'),
  answer('204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n'),
  answer('304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n'),
  answer('a status line without a reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'),
  answer('a status line with a space and no reason', 'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok'),
  answer('lines that end without a carriage return', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
  answer('the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'),
  answer('bytes after the body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'),
  answer('a header of 15 KB', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(15_000)}\r\nContent-Length: 2\r\n\r\nok`),
  answer('a header of 100 KB', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`),
  answer('a thousand headers', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(1000)}Content-Length: 2\r\n\r\nok`),
  answer('header values beyond ASCII', 'HTTP/1.1 200 OK\r\nX-A: gr\xfc\xdf\r\nContent-Length: 2\r\n\r\nok'),
  answer('a folded header', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok'),
  answer('an empty header value', 'HTTP/1.1 200 OK\r\nX-A:\r\nContent-Length: 2\r\n\r\nok'),
  answer('a reset after the whole body', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody', 'reset'),
];

const broken: ProbeCase[] = [
  answer('a body shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
  answer('a head that breaks off', 'HTTP/1.1 200 OK\r\nContent-Le'),
  answer('chunks that break off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'),
  answer('chunks without their end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'),
  answer(
    'a chunk whose length is no number',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nab\r\n0\r\n\r\n',
  ),
  answer('two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'),
  answer('a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'),
  answer('a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok'),
  answer(
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  ),
  answer('an unknown transfer encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nok'),
  answer('a status of two digits', 'HTTP/1.1 20 OK\r\n\r\nok'),
  answer('a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\nok'),
  answer('a status that is no number', 'HTTP/1.1 OK\r\n\r\nok'),
  answer('an unknown HTTP version', 'HTTP/1.7 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  answer('HTTP/2.0 as text', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  answer('a line of garbage', 'garbage\r\n\r\n'),
  answer('bytes of garbage', Buffer.from('15030100020228ff00fe01', 'hex')),
  answer('the banner of another protocol', '220 mail.test ESMTP\r\n'),
  answer('a header without a colon', 'HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nok'),
  answer('a space before a colon', 'HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: 2\r\n\r\nok'),
  answer('a zero byte in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\nok'),
  answer('an end without an answer', ''),
  answer('a reset without an answer', '', 'reset'),
  answer('a reset within the head', 'HTTP/1.1 200 OK\r\nContent-Le', 'reset'),
  answer('a reset within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'reset'),
  answer('a reset within the chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', 'reset'),
  answer('early hints without an end', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
];

/** A server that speaks before it has read anything: what has reached it then is a matter of luck. */
const unasked = (name: string, script: (socket: Socket) => void): ProbeCase => ({
  name,
  module,
  target: unseen(tcp(script)),
});

const hasty: ProbeCase[] = [
  unasked('a server that ends at once', (socket) => void socket.end()),
  unasked('a server that sends another protocol at once', (socket) => finish(socket, 'SSH-2.0-Test\r\n', 'keep')),
];

export const responses: readonly ProbeCase[] = [...whole, ...broken, ...hasty];
