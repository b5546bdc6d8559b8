const part = /^(?:0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i;

/**
 * The IPv4 address that a number, or fewer than four numbers, or such of other bases stand for, as inet_aton(3) reads
 * them: `127.1`, `0x7f000001`. Undefined for anything else, which may be a name.
 */
export function numericAddress(host: string): string | undefined {
  // Most hosts are names.
  if (!/^\d/.test(host)) return undefined;
  const parts = host.split('.');
  if (parts.length > 4 || !parts.every((text) => part.test(text))) return undefined;
  const values = parts.map((text) => (/^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text)));
  const last = values.pop() ?? 0;
  if (values.some((value) => value > 255) || last >= 256 ** (4 - values.length)) return undefined;
  for (let left = 3 - values.length; left >= 0; left--) values.push(Math.floor(last / 256 ** left) % 256);
  return values.join('.');
}
