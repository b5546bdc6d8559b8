import type { Field } from './fields.ts';

const equator = 2 ** 31;
const degree = 3_600_000;
const minute = 60_000;

/** A place on the earth (RFC 1876, section 2). */
export const location: Field = {
  read: (data) => {
    data.u8(); // The version, of which there is but one.
    const sizes = [data.u8(), data.u8(), data.u8()];
    const latitude = angle(data.u32(), 'N', 'S');
    const longitude = angle(data.u32(), 'E', 'W');
    const altitude = data.u32();
    const height = (altitude / 100 - 100_000).toFixed(altitude % 100 === 0 ? 0 : 2);
    return [latitude, longitude, `${height}m`, ...sizes.map((size) => `${metres(size)}m`)];
  },
  absent: [],
};

/** Thousandths of a second of arc, offset by the equator or the prime meridian. */
function angle(value: number, beyond: string, before: string): string {
  const distance = Math.abs(value - equator);
  const degrees = twoDigits(Math.floor(distance / degree));
  const minutes = twoDigits(Math.floor((distance % degree) / minute));
  const seconds = ((distance % minute) / 1000).toFixed(3);
  return `${degrees} ${minutes} ${seconds} ${value > equator ? beyond : before}`;
}

/** Centimetres as a digit and a power of ten, shown in metres. */
function metres(value: number): string {
  const digit = value >> 4;
  const exponent = value & 0x0f;
  if (exponent < 2) return `0.${twoDigits(digit * 10 ** exponent)}`;
  return `${digit}${'0'.repeat(exponent - 2)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
