import type { Row } from '../../src/sweep/row.ts';

/** A row of a probe that succeeded, but for what is given. */
export function row(given: Partial<Row> = {}): Row {
  return {
    number: 1,
    time: '2026-11-25T12:00:00.000Z',
    target: 'https://a.test/',
    module: 'http_2xx',
    success: true,
    duration_seconds: 0.012,
    ...given,
  };
}

/** A row of a probe that failed. */
export function failed(phase: string, reason: string, given: Partial<Row> = {}): Row {
  return row({ success: false, phase, reason, message: 'It failed', ...given });
}
