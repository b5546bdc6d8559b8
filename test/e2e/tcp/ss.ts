import assert from 'node:assert/strict';
import { runChild } from '../../support/child.ts';
import { eventually } from '../../support/eventually.ts';

/** Gauges of a connection, by series. */
export type Told = Readonly<Record<string, number | undefined>>;

/** The gauges of a line of `ss -tino`; what it does not show is undefined. */
function shownAs(words: string): Told {
  const value = (name: string): string | undefined =>
    new RegExp(`(?:^| )${name}[: ]([^ ]+)`).exec(words)?.[1]?.replace(/bps$/, '');
  const number = (name: string): number | undefined => {
    const text = value(name);
    return text === undefined ? undefined : Number(text);
  };
  const has = (word: string): boolean => ` ${words} `.includes(` ${word} `);
  const [rtt, variance] = (value('rtt') ?? '').split('/').map((text) => Number(text) / 1000);
  const [sendScale = '', receiveScale = ''] = (value('wscale') ?? '').split(',');
  const minRtt = number('minrtt');
  const rate = number('delivery_rate');
  const options = [
    `ecn="${has('ecn') || has('ecnseen')}"`,
    `receive_window_scale="${receiveScale}"`,
    `sack="${has('sack')}"`,
    `send_window_scale="${sendScale}"`,
    `timestamps="${has('ts')}"`,
  ];
  return {
    probe_tcp_rtt_seconds: rtt,
    probe_tcp_rtt_variance_seconds: variance,
    probe_tcp_min_rtt_seconds: minRtt === undefined ? undefined : minRtt / 1000,
    // ss shows what is 0 not at all.
    probe_tcp_retransmits: Number(value('retrans')?.split('/')[1] ?? 0),
    probe_tcp_lost_segments: number('lost') ?? 0,
    probe_tcp_reordered_segments: number('reord_seen') ?? 0,
    probe_tcp_congestion_window_segments: number('cwnd'),
    probe_tcp_send_mss_bytes: number('mss'),
    probe_tcp_receive_mss_bytes: number('rcvmss'),
    probe_tcp_path_mtu_bytes: number('pmtu'),
    probe_tcp_sent_bytes: (number('bytes_sent') ?? 0) - (number('bytes_retrans') ?? 0),
    probe_tcp_received_bytes: number('bytes_received') ?? 0,
    // It counts bits.
    probe_tcp_delivery_rate_bytes_per_second: rate === undefined ? undefined : Math.floor(rate / 8),
    [`probe_tcp_options_info{${options.join(',')}}`]: 1,
  };
}

/** What ss shows of the open connections towards `host:port`. */
export async function openConnections(host: string, port: number): Promise<Told[]> {
  return (await linesOf(host, port)).map(shownAs);
}

async function linesOf(host: string, port: number): Promise<string[]> {
  const { status, output } = await runChild('ss', ['-tinoOH', 'dst', `${host}:${port}`]);
  assert.equal(status, 0, output);
  return output.split('\n').filter((line) => line.startsWith('ESTAB'));
}

/** What it shows of the only one, once nothing is under way on it any more. */
export async function quietConnection(host: string, port: number): Promise<Told> {
  let before = '';
  return await eventually(async () => {
    const lines = await linesOf(host, port);
    assert.equal(lines.length, 1, lines.join('\n'));
    const [words = ''] = lines;
    const shown = shownAs(words);
    const same = JSON.stringify(shown) === before;
    before = JSON.stringify(shown);
    assert.ok(same && !words.includes(' unacked:'), `something is still under way: ${words}`);
    return shown;
  }, 10);
}

/** Asserts that a probe tells what ss showed, in the accuracy of ss: three digits behind the point of a millisecond. */
export function assertTold(metrics: ReadonlyMap<string, number>, shown: Told): void {
  const told = Object.keys(shown).map((series) => [series, rounded(metrics.get(series))]);
  const expected = Object.entries(shown).map(([series, value]) => [series, rounded(value)]);
  assert.deepEqual(Object.fromEntries(told), Object.fromEntries(expected));
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value < 1 ? Math.round(value * 1e6) / 1e6 : Math.floor(value);
}
