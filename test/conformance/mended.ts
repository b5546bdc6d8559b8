import { otherwise, type Marks } from './mends.ts';

/** What the peer's parser takes, and RFC 9112 does not. */
const strict = otherwise('what breaks RFC 9112 is refused');
const early = otherwise('a target that cannot be understood is refused before it is resolved');
const reads: Marks = { probe_http_uncompressed_body_length: 'the body of a redirect that is not followed is read' };
const judged: Marks = { probe_failed_due_to_regex: 'only an expression that was judged has decided' };
const cut: Marks = { probe_http_uncompressed_body_length: 'what was decompressed before the error is not counted' };
const whole: Marks = {
  'request 1 header transfer-encoding': 'the length of the file is known',
  'request 1 header content-length': 'the length of the file is known',
};

const statuses = [301, 302, 303, 307, 308];

/** Deliberate differences of single cases, by the case's title. One that does not show fails its case. */
export const mended: Readonly<Record<string, Marks>> = {
  'answers: http to "http://"': early,
  'answers: http to ":80"': early,
  'answers: http to "http://127.0.0.1:99999/"': early,
  'answers: tcp to "127.0.0.1:"': early,
  'answers: tcp to "127.0.0.1:port"': early,
  'answers: tcp to "127.0.0.1:99999"': early,
  'answers: tcp to "127.0.0.1:-1"': early,
  'http: a body from a file': whole,
  'http: a body from a file that is empty': whole,
  'http: a body from a file that is missing': otherwise('a file that is missing is told before the target is resolved'),
  'http: a server that stops within the body that is checked': judged,
  'bodies: deflate in a zlib wrapper': otherwise('deflate has a zlib header, RFC 9110 section 8.4.1.2'),
  'bodies: gzip of a plain body': cut,
  'bodies: gzip with a wrong checksum': cut,
  'bodies: gzip with bytes after it': cut,
  'bodies: br with bytes after it': { probe_success: 'bytes after a whole stream are ignored' },
  'bodies: an expression on a body that does not decompress': cut,
  'bodies: an expression on a body above the limit': judged,
  'bodies: an expression that matches below the limit': judged,
  'bodies: an expression on a body that breaks off': judged,
  'responses: an unknown HTTP version': strict,
  'responses: a space before a colon': strict,
  ...Object.fromEntries(
    statuses.flatMap((status) => [
      [`redirects: ${status} that is not followed`, reads],
      [`redirects: ${status} that is valid and not followed`, reads],
    ]),
  ),
  'redirects: a fragment that is inherited': {
    'request 2 header referer': 'a Referer has no fragment, RFC 9110 section 10.1.3',
  },
  'redirects: eleven redirects': reads,
  'redirects: eleven redirects where 302 is valid': reads,
  'redirects: a redirect to itself': reads,
  'redirects: a redirect to and fro': reads,
  'redirects: no_follow_redirects': reads,
  'redirects: body checks of a redirect that is not followed': otherwise(
    'the body of a redirect that is not followed is read',
  ),
  'redirects: header checks of a redirect that is not followed': reads,
  'redirects: Last-Modified of a redirect that is not followed': reads,
  'carried: from http to https, not followed': reads,
  'carried: https that is not followed': reads,
  'carried: a body file and 307': otherwise('a body from a file can be sent again'),
};
