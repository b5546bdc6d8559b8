import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ndjson } from '../../src/sweep/row-format.ts';
import { writeTextfile } from '../../src/sweep/textfile.ts';
import { runChild } from '../support/child.ts';
import { findTool } from '../support/peers-available.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';
import { failed, row } from './rows.ts';

const rows = [
  row({ number: 2, target: 'b', http_status: 200, certificate_expiry: '2027-01-01T00:00:00.000Z' }),
  failed('tls', 'certificate_expired', { number: 1, target: 'a"\\' }),
  failed('connect', 'refused', { number: 3, target: 'b' }),
];

const expected = `# HELP probe_success Displays whether or not the probe was a success
# TYPE probe_success gauge
probe_success{module="http_2xx",target="b"} 1
probe_success{module="http_2xx",target="a\\"\\\\"} 0
# HELP probe_duration_seconds Returns how long the probe took to complete in seconds
# TYPE probe_duration_seconds gauge
probe_duration_seconds{module="http_2xx",target="b"} 0.012
probe_duration_seconds{module="http_2xx",target="a\\"\\\\"} 0.012
# HELP probe_failure_info Where in its way and for which reason the probe failed, 1 on failure
# TYPE probe_failure_info gauge
probe_failure_info{module="http_2xx",phase="tls",reason="certificate_expired",target="a\\"\\\\"} 1
# HELP probe_http_status_code Response HTTP status code
# TYPE probe_http_status_code gauge
probe_http_status_code{module="http_2xx",target="b"} 200
# HELP probe_ssl_earliest_cert_expiry Returns last SSL chain expiry in unixtime
# TYPE probe_ssl_earliest_cert_expiry gauge
probe_ssl_earliest_cert_expiry{module="http_2xx",target="b"} 1798761600
`;

async function textfile(): Promise<string> {
  const rowsFile = temporaryFile('rows.ndjson', rows.map((each) => ndjson.write(each)).join(''));
  const file = `${temporaryFolder()}/sweep.prom`;
  await writeTextfile(rowsFile, file);
  return readFileSync(file, 'utf8');
}

test('a textfile has families one after the other, and no series twice', async () => {
  assert.equal(await textfile(), expected);
});

test('promtool finds nothing wrong with a textfile', async (t) => {
  const promtool = findTool(t, 'promtool');
  if (promtool === undefined) return;
  const { status, output } = await runChild(promtool, ['check', 'metrics'], { input: await textfile() });
  assert.deepEqual({ status, output }, { status: 0, output: '' });
});
