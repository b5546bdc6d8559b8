// Runs in a network namespace: probes what standard input lists, all at once, and prints the outcomes.
import { text } from 'node:stream/consumers';
import { libc } from '../../src/kernel/libc.ts';
import { probeOnce } from '../support/probe-once.ts';

/** One probe to run. */
export interface Order {
  readonly icmp?: object;
  readonly target: string;
  /** Seconds. */
  readonly timeout?: number;
}

/** What came of it. */
export interface Report {
  readonly success: boolean;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

if (process.env['AS_NOBODY'] !== undefined) {
  // What must be read from files is read before, wherever they are.
  libc();
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}

async function report({ icmp = {}, target, timeout = 10 }: Order): Promise<Report> {
  const { success, failure, metrics } = await probeOnce({ prober: 'icmp', icmp }, target, { timeout });
  return { success, reason: failure?.reason, message: failure?.message, metrics: Object.fromEntries(metrics) };
}

const orders = JSON.parse(await text(process.stdin)) as Order[];
console.log(JSON.stringify(await Promise.all(orders.map(report))));
