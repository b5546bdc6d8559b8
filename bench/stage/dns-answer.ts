const headerBytes = 12;
const typeA = 1;
const ttl = 60;

/**
 * The answer to a query (RFC 1035, section 4): an address for every name. That of `t5.…` is the fifth from
 * `a.b.0.0` on, that of any other name the first. Undefined when it is no query of one question.
 */
export function dnsAnswer(query: Buffer, [a, b]: readonly [number, number]): Buffer | undefined {
  if (query.length < headerBytes || query.readUInt16BE(4) !== 1) return undefined;
  let end = headerBytes;
  for (let label = query[end]; label !== 0; label = query[end]) {
    if (label === undefined || label > 63) return undefined;
    end += label + 1;
  }
  end += 5;
  if (end > query.length) return undefined;
  const isA = query.readUInt16BE(end - 4) === typeA;
  const answer = Buffer.alloc(end + (isA ? 16 : 0));
  query.copy(answer, 0, 0, end);
  answer.writeUInt16BE(0x8180, 2); // A response, recursion desired and available.
  answer.writeUInt16BE(isA ? 1 : 0, 6);
  answer.writeUInt32BE(0, 8);
  if (isA) {
    const i = Number(
      /^t(\d+)$/.exec(query.toString('latin1', headerBytes + 1, headerBytes + 1 + (query[headerBytes] ?? 0)))?.[1] ?? 0,
    );
    const record = [0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, ttl, 0, 4, a, b + (i >> 16), (i >> 8) & 255, i & 255];
    answer.set(record, end);
  }
  return answer;
}
