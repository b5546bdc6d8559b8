import { isHeaderName } from '../../config/headers.ts';
import { ProbeFailure } from '../../net/failure.ts';

/**
 * The head of an HTTP/1.1 request, a character a byte (RFC 9112, section 3); `headers` are names and values in turn.
 * Throws ProbeFailure when something in it would make it another request.
 */
export function requestHead(method: string, path: string, headers: readonly string[]): string {
  checkTarget(method, path);
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    checkField(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}

/** Throws ProbeFailure when a method or a path cannot be sent. */
export function checkTarget(method: string, path: string): void {
  if (!isHeaderName(method)) throw unsendable('method', method);
  if (!/^[\x21-\xff]+$/.test(path)) throw unsendable('path', path);
}

/** Throws ProbeFailure when a header field cannot be sent. */
export function checkField(name: string, value: string): void {
  if (!isHeaderName(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw unsendable('header', name);
}

function unsendable(what: string, text: string): ProbeFailure {
  return new ProbeFailure('request', 'bad_target', `The ${what} ${JSON.stringify(text)} cannot be sent`);
}
