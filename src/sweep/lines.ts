/** The longest line, in bytes, that is read. */
const longest = 1024 * 1024;

/** A line without its end. */
export interface Line {
  readonly text: string;
  /** How many bytes of the stream have been read once this line has. */
  readonly end: number;
  /** Whether it has an end: the last one need not. */
  readonly complete: boolean;
}

/** The lines of a stream of UTF-8, one by one. Throws an Error at one that is longer than 1 MiB. */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let begun: Buffer[] = [];
  let length = 0;
  let end = 0;
  const line = (complete: boolean): Line => {
    const text = Buffer.concat(begun).toString();
    begun = [];
    length = 0;
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, end, complete };
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
      begun.push(chunk.subarray(from, newline));
      end += newline + 1 - from;
      from = newline + 1;
      yield line(true);
    }
    if (from < chunk.length) {
      begun.push(chunk.subarray(from));
      length += chunk.length - from;
      end += chunk.length - from;
      if (length > longest) throw new Error('a line is longer than 1 MiB');
    }
  }
  if (length > 0) yield line(false);
}
