import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/config/secret.ts';

test('a secret gives its text to reveal alone', () => {
  const secret = new Secret('hunter2');
  assert.equal(secret.reveal(), 'hunter2');
  const shown = [
    String(secret),
    ['a', secret].join(' '),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ nested: { secret } }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
  ].join('\n');
  assert.match(shown, /<secret>/);
  assert.doesNotMatch(shown, /hunter2/);
});
