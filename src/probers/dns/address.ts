/** The text of 4 bytes. */
export function ipv4Text(bytes: Buffer): string {
  return bytes.join('.');
}

/** The text of 16 bytes after RFC 5952; IPv4-mapped addresses keep their dots. */
export function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  if (/^(0,){5}ffff,/.test(groups.join())) return `::ffff:${ipv4Text(bytes.subarray(12))}`;
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > longest.length) longest = { start: index + 1 - length, length };
  }
  return longest;
}
