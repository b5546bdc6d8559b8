import type { Duplex } from 'node:stream';
import { receive } from '../http/receive.ts';
import { maxHeaderSize } from '../http/response-head.ts';
import { FrameReader, headerBlock, payloadOf, withoutPadding } from './frame-reader.ts';
import { errorCodes, errorText, flags, type Frame, frame, frameTypes, windowUpdate } from './frames.ts';
import { HeaderDecoder } from './header-decoder.ts';
import { type Http2Request, RequestSender, requestStream } from './request.ts';
import { ResponseReader, type ResponseReceiver } from './response-reader.ts';
import { initialWindow, streamWindow } from './settings.ts';

const maxHeaderFields = 10_000;
/** How many frames may come without progress. */
const maxIdleFrames = 1000;
/** How many bytes may wait for a server that wants answers and does not read them. */
const maxUnread = 1024 * 1024;

/** Sends one request by HTTP/2 (RFC 9113) and hands on its response. Returns how to stop. Throws ProbeFailure when a field cannot be sent. */
export function exchangeHttp2(stream: Duplex, request: Http2Request, receiver: ResponseReceiver): () => void {
  const exchange = new Http2Exchange(stream, request, receiver);
  const stop = receive(stream, exchange);
  exchange.begin();
  return stop;
}

/** Speaks for a client whose connection carries one request: to what is not allowed it answers by its end. */
class Http2Exchange {
  readonly #stream: Duplex;
  readonly #sender: RequestSender;
  readonly #response: ResponseReader;
  readonly #frames = new FrameReader();
  readonly #decoder = new HeaderDecoder({ maxSize: maxHeaderSize, maxFields: maxHeaderFields });
  /** A header block that goes on in the next frame. */
  #open: { readonly last: boolean; readonly parts: Buffer[]; length: number } | undefined;
  /** How many bytes have come that the windows do not have back yet. */
  #taken = 0;
  #idle = 0;
  #replies: Buffer[] = [];

  constructor(stream: Duplex, request: Http2Request, receiver: ResponseReceiver) {
    this.#stream = stream;
    this.#sender = new RequestSender(stream, request);
    this.#response = new ResponseReader(receiver, request.method);
  }

  begin(): void {
    if (!this.#response.done) this.#sender.begin();
  }

  data(chunk: Buffer): void {
    const response = this.#response;
    try {
      this.#frames.push(chunk);
      while (!response.done) {
        const next = this.#frames.next();
        if (next === undefined) break;
        this.#take(next);
      }
      response.flush();
    } catch (error) {
      response.fail(error instanceof RangeError ? response.failure('bad_response', error.message) : error);
    }
    if (!response.done) this.#answer();
  }

  end(): void {
    this.fail(null);
  }

  fail(error: Error | null): void {
    const response = this.#response;
    response.fail(error ?? response.failure('closed', 'The server closed the connection within the exchange'));
  }

  #answer(): void {
    if (this.#replies.length === 0) return;
    if (this.#stream.writableLength > maxUnread)
      this.fail(this.#response.failure('bad_response', 'The server does not read'));
    else this.#stream.write(Buffer.concat(this.#replies.splice(0)));
  }

  #take(given: Frame): void {
    if ((this.#open !== undefined) !== (given.type === frameTypes.continuation)) {
      throw new RangeError('The parts of a header block are not next to each other');
    }
    this.#idle += 1;
    if (this.#idle > maxIdleFrames) throw new RangeError(`${maxIdleFrames} frames brought nothing`);
    switch (given.type) {
      case frameTypes.data:
        return this.#takeData(onRequestStream(given));
      case frameTypes.headers:
        return this.#takeHeaders(onRequestStream(given));
      case frameTypes.continuation:
        return this.#takeBlock(onRequestStream(given), given.payload);
      case frameTypes.rstStream:
        return this.#response.reset(payloadOf(onRequestStream(given), 4).readUInt32BE());
      case frameTypes.settings:
        return this.#takeSettings(onConnection(given));
      case frameTypes.ping:
        return this.#acknowledge(given, payloadOf(onConnection(given), 8));
      case frameTypes.goAway:
        return this.#takeGoAway(onConnection(given).payload);
      case frameTypes.windowUpdate:
        return this.#takeWindowUpdate(given);
      case frameTypes.pushPromise:
        throw new RangeError('The server pushes, although it was told not to');
      case frameTypes.priority:
        payloadOf(given, 5);
    }
  }

  #takeHeaders(given: Frame): void {
    this.#open = { last: (given.flags & flags.endStream) !== 0, parts: [], length: 0 };
    this.#takeBlock(given, headerBlock(given));
  }

  #takeBlock({ flags: given }: Frame, part: Buffer): void {
    const open = this.#open;
    if (open === undefined) return;
    open.parts.push(part);
    open.length += part.length;
    if (open.length > maxHeaderSize) throw this.#response.failure('too_large', 'The headers are too large');
    if ((given & flags.endHeaders) === 0) return;
    this.#open = undefined;
    const [only] = open.parts;
    const block = open.parts.length === 1 && only !== undefined ? only : Buffer.concat(open.parts);
    this.#response.fields(this.#decoder.decode(block), open.last);
  }

  #takeData(given: Frame): void {
    this.#taken += given.payload.length;
    if (this.#taken >= streamWindow / 2) {
      this.#replies.push(windowUpdate(0, this.#taken), windowUpdate(requestStream, this.#taken));
      this.#taken = 0;
    }
    const data = withoutPadding(given);
    if (data.length > 0) this.#idle = 0;
    this.#response.data(data, (given.flags & flags.endStream) !== 0);
  }

  #takeSettings(given: Frame): void {
    if ((given.flags & flags.ack) !== 0) payloadOf(given, 0);
    const window = initialWindow(given);
    if (window !== undefined) this.#sender.setInitialWindow(window);
    this.#acknowledge(given, Buffer.alloc(0));
  }

  /** Acknowledges SETTINGS or a PING that are no acknowledgement themselves. */
  #acknowledge({ type, flags: given }: Frame, payload: Buffer): void {
    if ((given & flags.ack) === 0) this.#replies.push(frame(type, flags.ack, 0, payload));
  }

  #takeWindowUpdate(given: Frame): void {
    if (given.stream !== 0) onRequestStream(given);
    if (this.#sender.sending) this.#idle = 0;
    this.#sender.widen(given.stream, payloadOf(given, 4).readUInt32BE() & 0x7fff_ffff);
  }

  /** RFC 9113, section 6.8. */
  #takeGoAway(payload: Buffer): void {
    if (payload.length < 8) throw new RangeError('A GOAWAY frame is too short');
    const code = payload.readUInt32BE(4);
    if (code !== errorCodes.none) {
      throw this.#response.failure('closed', `The server goes away because of ${errorText(code)}`);
    }
    if ((payload.readUInt32BE() & 0x7fff_ffff) < requestStream) this.#response.reset(errorCodes.refusedStream);
  }
}

function onRequestStream(given: Frame): Frame {
  if (given.stream !== requestStream) throw new RangeError(`The stream ${given.stream} is not open`);
  return given;
}

function onConnection(given: Frame): Frame {
  if (given.stream !== 0) throw new RangeError(`A frame of the connection came on the stream ${given.stream}`);
  return given;
}
