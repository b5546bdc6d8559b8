/** More header bytes than that are refused. */
export const maxHeaderSize = 1024 * 1024;

const newline = 0x0a;
const carriageReturn = 0x0d;
const endOfLine = Buffer.from('\r\n');

/**
 * Puts the head of an HTTP/1 response right for a strict parser: interim responses (1xx, RFC 9110, section 15.2) are
 * left out, lines may end by LF alone (RFC 9112, section 2.2), folded lines are unfolded (section 5.2). What is no
 * HTTP at all goes through as it is.
 */
export class ResponseHead {
  #done = false;
  #version = '';
  /** What has come of a line that has not ended. */
  #partial: Buffer[] = [];
  #partialLength = 0;
  #state: 'start' | 'interim' | 'fields' = 'start';
  /** Whether a line has been forwarded without its end, which the next line decides. */
  #openLine = false;

  /** Whether the head has been read, and everything further is to go by unread. */
  get done(): boolean {
    return this.#done;
  }

  /** The version in the status line: `1.0`, `1.1`. */
  get version(): string {
    return this.#version;
  }

  /** Takes what was received next; gives what goes to the parser, which may be nothing. */
  read(chunk: Buffer): Buffer {
    if (this.#state === 'start' && this.#partialLength === 0 && isPlain(chunk)) {
      this.#version = chunk.toString('latin1', 5, 8);
      this.#done = true;
      return chunk;
    }
    const forwarded: Buffer[] = [];
    let position = 0;
    while (!this.#done) {
      const end = chunk.indexOf(newline, position);
      if (end < 0) {
        this.#hold(chunk.subarray(position), forwarded);
        return Buffer.concat(forwarded);
      }
      this.#take(chunk.subarray(position, end + 1), forwarded);
      position = end + 1;
    }
    forwarded.push(chunk.subarray(position));
    return Buffer.concat(forwarded);
  }

  #hold(piece: Buffer, forwarded: Buffer[]): void {
    this.#partial.push(piece);
    this.#partialLength += piece.length;
    const hopeless = this.#state === 'start' && !mayBeStatusLine(this.#partial);
    if (hopeless || this.#partialLength > maxHeaderSize) this.#giveUp(forwarded);
  }

  #take(piece: Buffer, forwarded: Buffer[]): void {
    const line = this.#partial.length === 0 ? piece : Buffer.concat([...this.#partial, piece]);
    this.#partial = [];
    this.#partialLength = 0;
    const content = line.subarray(0, line.at(-2) === carriageReturn ? -2 : -1);
    if (this.#state === 'start') this.#startLine(line, content, forwarded);
    else if (this.#state === 'fields') this.#fieldLine(content, forwarded);
    else if (content.length === 0) this.#state = 'start';
  }

  #startLine(line: Buffer, content: Buffer, forwarded: Buffer[]): void {
    if (content.length === 0) return;
    const [, version = '', status = ''] = /^HTTP\/(\d\.\d) (\d*)/.exec(content.toString('latin1', 0, 12)) ?? [];
    if (version === '') {
      this.#partial = [line];
      this.#giveUp(forwarded);
      return;
    }
    if (/^1\d\d$/.test(status) && status !== '101') {
      this.#state = 'interim';
      return;
    }
    this.#version = version;
    this.#state = 'fields';
    this.#openLine = true;
    forwarded.push(content);
  }

  #fieldLine(content: Buffer, forwarded: Buffer[]): void {
    if (content.length === 0) {
      forwarded.push(endOfLine, endOfLine);
      this.#done = true;
    } else {
      const folded = content[0] === 0x20 || content[0] === 0x09;
      forwarded.push(folded ? Buffer.alloc(0) : endOfLine, content);
    }
  }

  #giveUp(forwarded: Buffer[]): void {
    if (this.#openLine) forwarded.push(endOfLine);
    forwarded.push(...this.#partial);
    this.#partial = [];
    this.#done = true;
  }
}

/** Whether a chunk begins with the whole head of a final response, which is as it should be. */
function isPlain(chunk: Buffer): boolean {
  const end = chunk.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = chunk.toString('latin1', 0, end + 2);
  return /^HTTP\/\d\.\d [2-9]/.test(head) && !/[^\r]\n|\n[ \t]/.test(head);
}

const beginning = 'HTTP/';

function mayBeStatusLine(pieces: readonly Buffer[]): boolean {
  let text = '';
  for (const piece of pieces) {
    text += piece.toString('latin1', 0, beginning.length);
    if (text.length >= beginning.length) break;
  }
  return text.startsWith(beginning) || beginning.startsWith(text) || text === '\r';
}
