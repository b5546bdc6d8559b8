import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { abortFailure, onAbort } from '../../src/net/abort.ts';

test('a probe was called off for one of two causes', () => {
  const timeout = abortFailure(AbortSignal.abort('timeout'), 'tls');
  assert.deepEqual([timeout.phase, timeout.reason], ['tls', 'timeout']);
  const cancelled = abortFailure(AbortSignal.abort('cancelled'), 'connect');
  assert.deepEqual([cancelled.phase, cancelled.reason], ['connect', 'cancelled']);
});

test('who listens hears of an abort once, and whoever has stopped does not', () => {
  const controller = new AbortController();
  const heard: string[] = [];
  onAbort(controller.signal, () => heard.push('first'));
  const stop = onAbort(controller.signal, () => heard.push('stopped'));
  onAbort(controller.signal, () => heard.push('last'));
  stop();
  controller.abort('timeout');
  controller.abort('cancelled');
  assert.deepEqual(heard, ['first', 'last']);
});

test('who listens after an abort hears of it at once', () => {
  let heard = 0;
  const stop = onAbort(AbortSignal.abort('timeout'), () => (heard += 1));
  assert.equal(heard, 1);
  stop();
});

test('who is stopped by another that hears before does not hear any more', () => {
  const controller = new AbortController();
  const heard: string[] = [];
  let stopSecond = (): unknown => undefined;
  onAbort(controller.signal, () => {
    heard.push('first');
    stopSecond();
  });
  stopSecond = onAbort(controller.signal, () => heard.push('second'));
  controller.abort('timeout');
  assert.deepEqual(heard, ['first']);
});

test('the same listener may listen twice, and stop once', () => {
  const controller = new AbortController();
  let heard = 0;
  const listener = (): void => void (heard += 1);
  const stop = onAbort(controller.signal, listener);
  onAbort(controller.signal, listener);
  stop();
  controller.abort('timeout');
  assert.equal(heard, 1);
});

test('many that have stopped leave no more than one listener on a signal', () => {
  const { signal } = new AbortController();
  for (let index = 0; index < 100; index++) onAbort(signal, () => {})();
  assert.ok(getEventListeners(signal, 'abort').length <= 1);
});
