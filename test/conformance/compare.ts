import { seriesOf, type Family } from '../support/exposition.ts';
import type { Seen } from './probe-case.ts';

/** What one exporter made of a case. */
export interface Outcome {
  /** The HTTP status of the answer; 0 when the connection ended without one. */
  readonly status: number;
  readonly families: ReadonlyMap<string, Family>;
  readonly seen: readonly Seen[];
}

export interface Difference {
  /** A series, `TYPE family`, `HELP family`, `status`, or what the target saw: `request 1 header accept`. */
  readonly subject: string;
  readonly peer: string;
  readonly ours: string;
}

/** Families whose values are durations of this very run: only whether they are zero can be compared. */
const timings = /^probe_(dns_lookup_time|([a-z]+_)?duration)_seconds$/;

/** Where our outcome lacks something of the peer's, or says otherwise; what ours has beyond it does not count. */
export function differences(peer: Outcome, ours: Outcome): Difference[] {
  if (peer.status !== ours.status) {
    return [{ subject: 'status', peer: String(peer.status), ours: String(ours.status) }];
  }
  return [
    ...familyDifferences(peer.families, ours.families),
    ...seriesDifferences(peer, ours),
    ...seenDifferences(peer.seen, ours.seen),
  ];
}

/** The differences that no mark explains, and the marks that no difference bears out. */
export function judge(
  found: readonly Difference[],
  marks: Readonly<Record<string, string>> = {},
): { readonly unexplained: readonly Difference[]; readonly idle: readonly string[] } {
  const explains = (mark: string, { subject }: Difference) =>
    mark === '*' || subject === mark || familyOf(subject) === mark;
  const names = Object.keys(marks);
  return {
    unexplained: found.filter((difference) => !names.some((mark) => explains(mark, difference))),
    idle: names.filter((mark) => !found.some((difference) => explains(mark, difference))),
  };
}

function familyOf(subject: string): string {
  const brace = subject.indexOf('{');
  return brace === -1 ? subject : subject.slice(0, brace);
}

function familyDifferences(peer: ReadonlyMap<string, Family>, ours: ReadonlyMap<string, Family>): Difference[] {
  const found: Difference[] = [];
  for (const { name, type = '', help = '' } of peer.values()) {
    const family = ours.get(name);
    if (family === undefined) continue;
    if (family.type !== type) found.push({ subject: `TYPE ${name}`, peer: type, ours: family.type ?? 'none' });
    if ((family.help ?? '') === '') found.push({ subject: `HELP ${name}`, peer: help, ours: 'none' });
  }
  return found;
}

function seriesDifferences(peer: Outcome, ours: Outcome): Difference[] {
  const found: Difference[] = [];
  const ourSeries = seriesOf(ours.families);
  for (const [key, { name, value }] of seriesOf(peer.families)) {
    const our = ourSeries.get(key)?.value;
    if (isNoTime(name, value)) {
      if (our !== undefined) found.push({ subject: key, peer: `${value}, which means none`, ours: String(our) });
    } else if (our === undefined) {
      const others = [...ourSeries.keys()].filter((other) => familyOf(other) === name);
      found.push({ subject: key, peer: String(value), ours: others.length === 0 ? 'absent' : others.join(' ') });
    } else if (!isSameValue(name, value, our)) {
      found.push({ subject: key, peer: String(value), ours: String(our) });
    }
  }
  return found;
}

/** The year 1, by which the peer says that there is no verified chain; we leave the series out. */
function isNoTime(family: string, value: number): boolean {
  return family === 'probe_ssl_last_chain_expiry_timestamp_seconds' && value === -62_135_596_800;
}

function isSameValue(family: string, peer: number, ours: number): boolean {
  if (timings.test(family)) return peer === 0 ? ours === 0 : ours > 0;
  return Object.is(peer, ours);
}

function seenDifferences(peer: readonly Seen[], ours: readonly Seen[]): Difference[] {
  const found: Difference[] = [];
  if (peer.length !== ours.length) {
    found.push({ subject: 'requests', peer: summary(peer), ours: summary(ours) });
  }
  for (const [index, peerFacts] of peer.entries()) {
    const ourFacts = ours[index];
    if (ourFacts === undefined) break;
    for (const fact of new Set([...Object.keys(peerFacts), ...Object.keys(ourFacts)])) {
      const [theirs, our] = [peerFacts[fact] ?? 'absent', ourFacts[fact] ?? 'absent'];
      if (theirs === our || isOwnChoice(fact, theirs, our)) continue;
      found.push({ subject: `request ${index + 1} ${fact}`, peer: theirs, ours: our });
    }
  }
  return found;
}

const products = /^[\w.-]+\/\S+( [\w.-]+\/\S+)*$/;

/** An exporter names itself, and we end the connection ourselves rather than ask the target to. */
function isOwnChoice(fact: string, peer: string, ours: string): boolean {
  if (fact === 'header user-agent') return peer.startsWith('Blackbox-Exporter/') && products.test(ours);
  return fact === 'header connection' && peer === 'close' && ours !== 'close';
}

function summary(seen: readonly Seen[]): string {
  const lines = seen.map((facts) => `${facts['method'] ?? ''} ${facts['url'] ?? facts['received'] ?? ''}`.trim());
  return `${seen.length}: ${lines.join(', ')}`;
}
