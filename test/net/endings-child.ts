import { kinds } from '../support/probe-batches.ts';
import { closeEach } from './endings.ts';

// Run as a process of its own, whose environment decides whether the kernel can be asked.
const closers: (() => Promise<void>)[] = [];
const lifetime = { after: (close: () => Promise<void>) => void closers.push(close) };
const reset = await closeEach(lifetime, kinds, '');
const fin = await closeEach(lifetime, kinds, '_fin');
for (const close of closers) await close();
process.stdout.write(`${JSON.stringify({ reset, fin })}\n`);
