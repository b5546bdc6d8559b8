import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProbeLog } from '../../src/log/probe-log.ts';
import { debugOutput } from '../../src/probe/debug-output.ts';
import { probeResult } from './results.ts';

const time = /time=\S+Z/g;

test('the log, the metrics and the module stand one after the other', () => {
  assert.equal(
    debugOutput(probeResult(), 'logfmt').replace(time, 'time=T'),
    [
      'Logs for the probe:',
      'time=T level=INFO msg=Hello module=http_2xx target=a.example answer=42',
      '',
      '',
      '',
      'Metrics that would have been returned:',
      '# HELP probe_answer The answer.',
      '# TYPE probe_answer gauge',
      'probe_answer 42',
      '',
      '',
      '',
      'Module configuration:',
      'prober: http',
      '',
    ].join('\n'),
  );
});

test('the log is JSON when the log of the process is', () => {
  const [, line = ''] = debugOutput(probeResult(), 'json').split('\n');
  const record = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(
    { ...record, time: 'T' },
    {
      time: 'T',
      level: 'INFO',
      msg: 'Hello',
      module: 'http_2xx',
      target: 'a.example',
      answer: 42,
    },
  );
});

test('credentials of the target are not shown', () => {
  const output = debugOutput(probeResult({ target: 'http://user:hunter2@host/' }), 'logfmt');
  assert.ok(!output.includes('hunter2'));
  assert.match(output, /target=http:\/\/<secret>@host\//);
});

test('records that did not fit are counted', () => {
  const log = new ProbeLog();
  for (let count = 0; count < 3; count += 1) log.info('x'.repeat(40_000));
  assert.match(debugOutput({ ...probeResult(), log }, 'logfmt'), /\n\(2 more records are not kept\)\n/);
});
