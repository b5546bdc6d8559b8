const exponents = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Parses a size such as `10MB`, `1MiB512KiB` or `1.5GB` as blackbox_exporter does: units are powers of 1024, with and without the `i`, but not both in one size. Gives bytes; throws an Error that says what is wrong. */
export function parseSize(text: string): number {
  const negative = text.startsWith('-');
  const unsigned = /^[-+]/.test(text) ? text.slice(1) : text;
  if (unsigned === '0') {
    return 0;
  }
  let total = 0;
  let style = '';
  let rest = unsigned;
  do {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest);
    const [whole = '', integer = '', fraction = '', unit = ''] = part ?? [];
    if (integer === '' && fraction === '') {
      throw new Error('must be a size such as 512B, 10MB or 1GiB');
    }
    const { factor, infix } = unitOf(unit, integer);
    if (infix !== '' && style !== '' && infix !== style) {
      throw new Error('must be a size in one kind of units: either KB, MB, ... or KiB, MiB, ...');
    }
    style = infix === '' ? style : infix;
    total += Number(`${integer === '' ? '0' : integer}.${fraction === '' ? '0' : fraction}`) * factor;
    rest = rest.slice(whole.length);
  } while (rest !== '');
  return (negative ? -1 : 1) * Math.min(Math.trunc(total), 2 ** 63);
}

function unitOf(unit: string, integer: string): { factor: number; infix: string } {
  if (unit === '') {
    throw new Error(`must be a size with a unit, such as ${integer === '' ? '512' : integer}B`);
  }
  const match = /^([KMGTPE]?)(i?)B$/.exec(unit);
  const [, prefix = '', binary = ''] = match ?? [];
  if (match === null || (prefix === '' && binary !== '')) {
    throw new Error(`must be a size whose units are B, KB, MB, GB, TB, PB or EB, not ${JSON.stringify(unit)}`);
  }
  const infix = prefix === '' ? '' : binary === '' ? 'decimal' : 'binary';
  return { factor: 1024 ** exponents.indexOf(prefix), infix };
}
