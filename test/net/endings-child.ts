import { kinds } from '../support/probe-batches.ts';
import { closeEach, reasonsOfEnds } from './endings.ts';

// Run as a process of its own, whose environment decides whether the kernel can be asked.
// A probe that never ends must not keep the test from ending.
setTimeout(() => process.exit(3), 60_000).unref();

const closers: (() => Promise<void>)[] = [];
const lifetime = { after: (close: () => Promise<void>) => void closers.push(close) };
const reset = await closeEach(lifetime, kinds, '');
const fin = await closeEach(lifetime, kinds, '_fin');
const ends = await reasonsOfEnds(lifetime);
for (const close of closers) await close();
process.stdout.write(`${JSON.stringify({ reset, fin, ends })}\n`);
