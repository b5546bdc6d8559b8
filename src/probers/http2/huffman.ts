/** How many bits the code of each symbol has (RFC 7541, appendix B): of every byte, and of EOS. */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];

const eos = 256;
/** The inner nodes of the tree of codes; each is a state of decoding, and stands for the bits read since the last symbol. */
const nodes = 256;
/** The state after EOS, which is not left any more. */
const failed = nodes;

/** A step is the state after it, with these flags, and with the symbol it ends, if any, from bit 16 on. */
const stateBits = 0x1ff;
const endsSymbol = 0x200;
/** What was read since the last symbol is padding (section 5.2): less than a byte, and all ones. */
const mayEnd = 0x400;

/** From each state by each four bits, which never end more than one symbol. */
const steps = buildSteps(buildTree());

/**
 * Decodes the Huffman-coded string literal (RFC 7541, section 5.2) from `start` to `end`, a character a byte.
 * Throws RangeError when it contains EOS, or is not padded as it must be.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  // No code is shorter than five bits.
  const text = Buffer.allocUnsafe(2 * (end - start));
  let length = 0;
  let step = mayEnd;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    step = steps[((step & stateBits) << 4) | (byte >> 4)] ?? failed;
    if ((step & endsSymbol) !== 0) text[length++] = step >> 16;
    step = steps[((step & stateBits) << 4) | (byte & 0xf)] ?? failed;
    if ((step & endsSymbol) !== 0) text[length++] = step >> 16;
  }
  if ((step & mayEnd) === 0)
    throw new RangeError('A Huffman-coded string contains EOS, or is not padded as it must be');
  return text.toString('latin1', 0, length);
}

/**
 * Two children a node, by the next bit: a node, or the complement of a symbol. The code is canonical: codes of one length
 * follow each other in the order of their symbols, and go on where the shorter ones ended.
 */
function buildTree(): Int16Array {
  const lengthOf = (symbol: number): number => lengths[symbol] ?? 0;
  const symbols = Array.from(lengths.keys()).sort((a, b) => lengthOf(a) - lengthOf(b));
  const children = new Int16Array(2 * nodes);
  let count = 1;
  let code = 0;
  let length = 0;
  for (const symbol of symbols) {
    code <<= lengthOf(symbol) - length;
    length = lengthOf(symbol);
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) node = children[2 * node + ((code >> bit) & 1)] ||= count++;
    children[2 * node + (code & 1)] = ~symbol;
    code++;
  }
  return children;
}

function buildSteps(children: Int16Array): Uint32Array {
  const child = (node: number, bit: number): number => children[2 * node + bit] ?? 0;
  const ends = new Set<number>();
  for (let node = 0; ends.size < 8; node = child(node, 1)) ends.add(node);
  const steps = new Uint32Array((nodes + 1) * 16).fill(failed);
  for (let state = 0; state < nodes; state++) {
    for (let bits = 0; bits < 16; bits++) {
      let node = state;
      let symbol: number | undefined;
      for (let bit = 3; bit >= 0 && node !== failed; bit--) {
        node = child(node, (bits >> bit) & 1);
        if (node < 0) {
          symbol = ~node;
          node = symbol === eos ? failed : 0;
        }
      }
      steps[16 * state + bits] =
        node | (ends.has(node) ? mayEnd : 0) | (symbol === undefined ? 0 : endsSymbol | (symbol << 16));
    }
  }
  return steps;
}
