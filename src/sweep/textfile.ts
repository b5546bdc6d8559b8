import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import * as http from '../metrics/families/http.ts';
import * as probe from '../metrics/families/probe.ts';
import * as tls from '../metrics/families/tls.ts';
import type { Gauge } from '../metrics/gauge.ts';
import { labelText, type Labels } from '../metrics/labels.ts';
import { readLines } from './lines.ts';
import { ndjson } from './row-format.ts';
import type { Row } from './row.ts';

interface Family {
  readonly gauge: Gauge;
  /** Undefined when the row has no sample. */
  readonly value: (row: Row) => number | undefined;
  readonly labels?: (row: Row) => Labels;
}

const families: readonly Family[] = [
  { gauge: probe.probeSuccess, value: ({ success }) => (success ? 1 : 0) },
  { gauge: probe.probeDuration, value: (row) => row.duration_seconds },
  {
    gauge: probe.probeFailureInfo,
    value: ({ success }) => (success ? undefined : 1),
    labels: ({ phase = '', reason = '' }) => ({ phase, reason }),
  },
  { gauge: http.httpStatusCode, value: (row) => row.http_status },
  {
    gauge: tls.sslEarliestCertExpiry,
    value: (row) => (row.certificate_expiry === undefined ? undefined : Date.parse(row.certificate_expiry) / 1000),
  },
];

/**
 * Writes what the rows of an NDJSON file tell as a textfile of Prometheus, family by family, and puts it in the place of
 * `file` when it is whole. Of a target that has several rows the first counts: series must not repeat.
 */
export async function writeTextfile(rowsFile: string, file: string): Promise<void> {
  const whole = `${file}.tmp`;
  await pipeline(expositionOf(rowsFile), createWriteStream(whole));
  await rename(whole, file);
}

async function* expositionOf(rowsFile: string): AsyncGenerator<string> {
  const repeated = await findRepeated(rowsFile);
  for (const { gauge, value, labels } of families) {
    let header = gauge.header;
    for await (const row of readRows(rowsFile)) {
      const sample = value(row);
      if (sample === undefined || repeated.has(row.number)) continue;
      const all = labelText({ target: row.target, module: row.module, ...labels?.(row) });
      yield `${header}${gauge.name}${all} ${sample}\n`;
      header = '';
    }
  }
}

/** The numbers of the rows whose target has one before them. */
async function findRepeated(rowsFile: string): Promise<Set<number>> {
  const targets = new Set<string>();
  const repeated = new Set<number>();
  for await (const { target, number } of readRows(rowsFile)) {
    if (targets.has(target)) repeated.add(number);
    targets.add(target);
  }
  return repeated;
}

async function* readRows(rowsFile: string): AsyncGenerator<Row> {
  for await (const { text } of readLines(createReadStream(rowsFile))) yield ndjson.read(text);
}
