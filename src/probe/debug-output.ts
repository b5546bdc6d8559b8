import { formatRecord } from '../log/logger.ts';
import type { LogFormat } from '../log/logger.ts';
import { maskUserinfo } from './history.ts';
import type { ProbeResult } from './run.ts';

/** What `debug=true` and `/logs` answer: the probe's log, its metrics, and its module with secrets masked. */
export function debugOutput(result: ProbeResult, format: LogFormat): string {
  const { module, log, metrics } = result;
  const context = { module: module.name, target: maskUserinfo(result.target) };
  let lines = '';
  for (const record of log.records) lines += formatRecord(record, format, context);
  if (log.dropped > 0) lines += `(${log.dropped} more records are not kept)\n`;
  return (
    `Logs for the probe:\n${lines}` +
    `\n\n\nMetrics that would have been returned:\n${metrics.render()}` +
    `\n\n\nModule configuration:\n${endingWithNewline(module.yaml)}`
  );
}

function endingWithNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
