import { runChild } from '../../test/support/child.ts';
import { temporaryFile } from '../../test/support/temporary-files.ts';

/** Targets that are asked for in turn. */
export interface ManyTargets {
  readonly count: number;
  /** The number of the first one that is asked for, counting from 0. */
  readonly from: number;
  /** A Lua expression of `i`, the number: the target. */
  readonly lua: string;
}

/** What is asked of an exporter, and how hard. */
export interface Load {
  readonly module: string;
  readonly target: string | ManyTargets;
  readonly connections: number;
  readonly seconds: number;
  /** Looks into every answer whether the probe succeeded, which costs the load generator time. */
  readonly check?: boolean;
}

export interface LoadResult {
  readonly requests: number;
  /** Seconds. */
  readonly duration: number;
  /** Latency of the scrape, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Scrapes by wrk over kept connections. Throws when a request or, where that is looked at, a probe fails. */
export async function runLoad(wrk: readonly string[], exporter: string, load: Load): Promise<LoadResult> {
  const [program = '', ...words] = wrk;
  const script = temporaryFile(`load-${process.pid}.lua`, luaOf(load));
  const { connections, seconds } = load;
  const flags = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout=30s', '-s', script, exporter];
  const { status, output } = await runChild(program, [...words, ...flags]);
  if (status !== 0) throw new Error(`wrk ended with ${status}: ${output}`);
  return parseLoad(output);
}

/** Reads the line that the script below writes at its end. Throws when there is none, or one that tells of failures. */
export function parseLoad(output: string): LoadResult {
  const line = /^load requests=(\d+) us=(\d+) p50=(\d+) p99=(\d+) errors=(\d+) failed=(\d+) example=(.*)$/m.exec(
    output,
  );
  if (line === null) throw new Error(`wrk said nothing of its load: ${output}`);
  const [requests = 0, us = 0, p50 = 0, p99 = 0, errors = 0, failed = 0] = line.slice(1, 7).map(Number);
  if (requests === 0) throw new Error('No scrape has ended');
  if (errors > 0) throw new Error(`${errors} of ${requests} scrapes failed`);
  if (failed > 0) throw new Error(`${failed} of ${requests} probes failed: ${line[7]}`);
  return { requests, duration: us / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}

/** What wrk runs: it makes the requests and writes the result as one line. */
function luaOf({ module, target, check }: Load): string {
  const one = typeof target === 'string' ? luaString(target) : undefined;
  const several = typeof target === 'string' ? undefined : target;
  const path = luaString(`/probe?module=${module}&target=`);
  return `
local threads = {}
failed, example = 0, ""
function setup(thread) table.insert(threads, thread) end
${one === undefined ? '' : `wrk.path = ${path} .. ${one}`}
${
  several === undefined
    ? ''
    : `local i = ${several.from - 1}
function request()
  i = (i + 1) % ${several.count}
  return wrk.format("GET", ${path} .. ${several.lua})
end`
}
${
  check === true
    ? `function response(status, headers, body)
  if not body:find("\\nprobe_success 1\\n", 1, true) then
    failed = failed + 1
    example = status .. " " .. (body:match("probe_failure_info[^\\n]*") or "")
  end
end`
    : ''
}
function done(summary, latency)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  local failed, example = 0, ""
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("failed")
    example = thread:get("example")
  end
  io.write(string.format("load requests=%d us=%d p50=%d p99=%d errors=%d failed=%d example=%s\\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors, failed, example))
end
`;
}

function luaString(text: string): string {
  return JSON.stringify(text);
}
