import type { Duplex } from 'node:stream';

/** Hears of what a stream receives. */
export interface Receiver {
  data(chunk: Buffer): void;
  /** The other end has ended, after which no data comes. */
  end(): void;
  /** No data comes because of an error of the stream, or, without one, because it was closed. */
  fail(error: Error | null): void;
}

/** Hands what a stream receives, from now on, to `receiver`. Returns how to stop, and to leave the rest to somebody else. */
export function receive(stream: Duplex, receiver: Receiver): () => void {
  const onData = (chunk: Buffer): void => receiver.data(chunk);
  const onError = (error: Error): void => receiver.fail(error);
  const onEnd = (): void => {
    // A reset right behind data looks like an end, but for the error that follows.
    if (stream.errored === null) receiver.end();
  };
  const onClose = (): void => receiver.fail(stream.errored);
  stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  if (stream.destroyed) onClose();
  else if (stream.readableEnded) onEnd();
  else stream.resume();
  return () => {
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).pause();
  };
}
