import type { ConfigReader } from '../../config/reader.ts';
import type { Regexp } from '../../config/regexp.ts';
import type { ProbeLog } from '../../log/probe-log.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { rcodeText } from './codes.ts';
import { type DnsRecord, recordText } from './records.ts';

/** What the records of one section of an answer must be like. */
export interface RecordChecks {
  /** No record may match one of these. */
  readonly matches: readonly Regexp[];
  /** Every record must match all of these: the key's name says the opposite, blackbox_exporter does this. */
  readonly allMatch: readonly Regexp[];
  /** Every record must match all of these, and there must be one. */
  readonly notMatches: readonly Regexp[];
  /** Some record must match one of these. */
  readonly noneMatches: readonly Regexp[];
}

/** Reads `validate_answer_rrs` and its like. */
export function readRecordChecks(section: ConfigReader): RecordChecks {
  return {
    matches: section.regexps('fail_if_matches_regexp'),
    allMatch: section.regexps('fail_if_all_match_regexp'),
    notMatches: section.regexps('fail_if_not_matches_regexp'),
    noneMatches: section.regexps('fail_if_none_matches_regexp'),
  };
}

/** Throws ProbeFailure when a response code is none of the valid ones. */
export function checkRcode(valid: readonly number[], rcode: number): void {
  if (valid.includes(rcode)) return;
  const wanted = valid.map(rcodeText).join(' or ');
  throw new ProbeFailure('check', 'rcode', `The response code is ${rcodeText(rcode)}, wanted ${wanted}`);
}

/** Throws ProbeFailure when the records of `section` are not as they must be. */
export function checkRecords(
  section: string,
  records: readonly DnsRecord[],
  checks: RecordChecks,
  log: ProbeLog,
): void {
  const { matches, allMatch, notMatches, noneMatches } = checks;
  let found = noneMatches.length === 0;
  for (const record of records) {
    const text = recordText(record);
    log.debug('Validating record', { section, rr: text });
    const unwanted = matches.find((regexp) => regexp.test(text));
    if (unwanted !== undefined) throw failed(section, `${shown(text)} matched ${unwanted.source}`);
    const missed = [...notMatches, ...allMatch].find((regexp) => !regexp.test(text));
    if (missed !== undefined) throw failed(section, `${shown(text)} did not match ${missed.source}`);
    found ||= noneMatches.some((regexp) => regexp.test(text));
  }
  if (!found) throw failed(section, `none of ${records.length} matched ${sources(noneMatches)}`);
  if (records.length === 0 && notMatches.length > 0)
    throw failed(section, `there is none to match ${sources(notMatches)}`);
}

function failed(section: string, message: string): ProbeFailure {
  return new ProbeFailure('check', 'record', `Records of the ${section} section: ${message}`);
}

const longestShown = 300;

function shown(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}...` : text);
}

function sources(regexps: readonly Regexp[]): string {
  return regexps.map(({ source }) => source).join(' or ');
}
