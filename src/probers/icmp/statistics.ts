import type { PingReply } from '../../kernel/ping-exchange.ts';
import * as families from '../../metrics/families/icmp.ts';
import type { ProbeMetrics } from '../../metrics/probe-metrics.ts';

/** Records what a series of echo requests shows: the loss, and of the round trips that there were, their times. */
export function recordSeries(metrics: ProbeMetrics, sent: number, replies: readonly PingReply[]): void {
  metrics.set(families.icmpPacketsSent, sent);
  metrics.set(families.icmpPacketsReceived, replies.length);
  if (sent > 0) metrics.set(families.icmpLossRatio, (sent - replies.length) / sent);
  if (replies.length === 0) return;
  const rtts = replies.map(({ rtt }) => rtt);
  metrics.set(families.icmpMinRtt, Math.min(...rtts));
  metrics.set(families.icmpMeanRtt, mean(rtts));
  metrics.set(families.icmpMaxRtt, Math.max(...rtts));
  metrics.set(families.icmpRttDeviation, standardDeviation(rtts));
}

/** NaN when there are no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** That of the values themselves, not an estimate for those that they are a sample of; 0 for a single one. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
