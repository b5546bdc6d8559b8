import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiate } from '../../src/server/negotiation.ts';

const prometheus =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

const cases: readonly [accept: string | undefined, format: 'text' | 'openmetrics'][] = [
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  ['text/plain', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
  ['application/openmetrics-text;version=0.0.1', 'text'],
  ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'openmetrics'],
  ['text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.1', 'text'],
  ['text/plain;version=0.0.4;q=0.1, application/openmetrics-text;q=0.9', 'openmetrics'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['text/plain, application/openmetrics-text', 'text'],
  ['application/openmetrics-text, text/plain', 'openmetrics'],
  [prometheus, 'openmetrics'],
];

for (const [accept, format] of cases) {
  test(`Accept ${JSON.stringify(accept)} is answered by ${format}, asked twice`, () => {
    assert.equal(negotiate(accept), format);
    assert.equal(negotiate(accept), format);
  });
}

test('many different headers do not change the answers', () => {
  for (let count = 0; count < 300; count += 1) negotiate(`text/x-${count}`);
  assert.equal(negotiate(prometheus), 'openmetrics');
});
