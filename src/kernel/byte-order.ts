import { endianness } from 'node:os';

/** Whether this machine stores the low byte first: the order in which the kernel lays out its numbers. */
export const littleEndian = endianness() === 'LE';
