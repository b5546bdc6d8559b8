import type { TcpInfo } from '../kernel/tcp-info.ts';
import { tcpStates } from '../kernel/tcp-states.ts';
import type { Gauge } from '../metrics/gauge.ts';
import * as families from '../metrics/families/tcp.ts';
import { labelText, labelTexts } from '../metrics/labels.ts';
import type { ProbeMetrics } from '../metrics/probe-metrics.ts';
import type { TcpFacts } from '../net/tcp-facts.ts';

type NumberKey = { [Key in keyof TcpInfo]: TcpInfo[Key] extends number | undefined ? Key : never }[keyof TcpInfo];

const gauges: readonly (readonly [Gauge, NumberKey])[] = [
  [families.tcpRtt, 'rtt'],
  [families.tcpRttVariance, 'rttVariance'],
  [families.tcpMinRtt, 'minRtt'],
  [families.tcpLostSegments, 'lost'],
  [families.tcpReorderedSegments, 'reordered'],
  [families.tcpCongestionWindow, 'congestionWindow'],
  [families.tcpSendMss, 'sendMss'],
  [families.tcpReceiveMss, 'receiveMss'],
  [families.tcpPathMtu, 'pathMtu'],
  [families.tcpSentBytes, 'sentBytes'],
  [families.tcpReceivedBytes, 'receivedBytes'],
  [families.tcpDeliveryRate, 'deliveryRate'],
];

const stateLabels = labelTexts('state', [...tcpStates, 'closed'] as const);

/** Tells what the kernel knew of the probe's last connection; what it did not tell is left out. */
export function recordTcp(metrics: ProbeMetrics, facts: TcpFacts, connections: number): void {
  metrics.set(families.tcpConnections, connections);
  if (facts.closedState !== undefined) metrics.set(families.tcpClosedState, 1, stateLabels[facts.closedState]);
  if (facts.sockets !== undefined) {
    for (const state of tcpStates) metrics.set(families.tcpSockets, facts.sockets[state], stateLabels[state]);
  }
  const { info } = facts;
  if (info === undefined) return;
  metrics.set(families.tcpRetransmits, info.retransmits);
  if (!facts.established) return; // The rest would be the kernel's initial values.
  for (const [family, key] of gauges) {
    const value = info[key];
    if (value !== undefined) metrics.set(family, value);
  }
  metrics.set(families.tcpOptionsInfo, 1, optionsLabels(info.options));
}

/** The texts of the combinations seen: there are few, and every probe has one. */
const seenOptions = new Map<string, string>();

function optionsLabels({ timestamps, sack, ecn, sendWindowScale, receiveWindowScale }: TcpInfo['options']): string {
  const key = `${timestamps} ${sack} ${ecn} ${sendWindowScale} ${receiveWindowScale}`;
  let labels = seenOptions.get(key);
  if (labels === undefined) {
    labels = labelText({
      timestamps: String(timestamps),
      sack: String(sack),
      ecn: String(ecn),
      send_window_scale: String(sendWindowScale ?? ''),
      receive_window_scale: String(receiveWindowScale ?? ''),
    });
    seenOptions.set(key, labels);
  }
  return labels;
}
