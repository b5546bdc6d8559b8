import { ProbeFailure } from '../../net/failure.ts';
import type { HttpResponse } from './exchange.ts';
import { HeaderFields } from './header-fields.ts';
import { type Input, Lines } from './lines.ts';

/** More header bytes than that are refused. */
export const maxHeaderSize = 1024 * 1024;

const versions: ReadonlySet<string> = new Set(['0.9', '1.0', '1.1', '2.0']);

/** Reads the head of an HTTP/1 response (RFC 9112, section 4); interim ones (1xx, RFC 9110, section 15.2) before it are left out. */
export class ResponseHead {
  readonly #lines = new Lines(maxHeaderSize, 'response');
  #fields = new HeaderFields('response');
  #begun: { readonly status: number; readonly version: string } | undefined;

  /** Takes what was received next; gives the head at its end, before which it is undefined. Throws ProbeFailure in phase `response`. */
  read(input: Input): HttpResponse | undefined {
    for (;;) {
      const line = this.#lines.next(input);
      if (line === undefined) {
        if (this.#begun === undefined && !mayBeStatusLine(this.#lines.partial)) throw noHttp();
        return undefined;
      }
      if (this.#begun === undefined) {
        if (line !== '') this.#begun = readStatusLine(line);
      } else if (line !== '') {
        this.#fields.add(line);
      } else {
        const { status, version } = this.#begun;
        const headers = this.#fields.end();
        if (status >= 200 || status < 100 || status === 101) return { status, headers, version };
        this.#begun = undefined;
        this.#fields = new HeaderFields('response');
      }
    }
  }
}

function readStatusLine(line: string): { status: number; version: string } {
  const [, version = '', status = ''] = /^HTTP\/(\d\.\d) (\d{3})(?: |$)/.exec(line) ?? [];
  if (!versions.has(version)) throw noHttp();
  return { status: Number(status), version };
}

const beginning = 'HTTP/';

function mayBeStatusLine(text: string): boolean {
  return text.startsWith(beginning) || beginning.startsWith(text) || text === '\r';
}

function noHttp(): ProbeFailure {
  return new ProbeFailure('response', 'bad_response', 'The response is none of HTTP');
}
