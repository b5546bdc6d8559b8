import type { ConfigReader } from '../config/reader.ts';
import type { Regexp, RegexpMatch } from '../config/regexp.ts';
import type { Template } from '../config/template.ts';
import { expectInfo, failedDueToBytes, failedDueToRegex } from '../metrics/families/probe.ts';
import { abortFailure, onAbort, type ProbeSignal } from '../net/abort.ts';
import { asFailure } from '../net/error-reason.ts';
import { ProbeFailure } from '../net/failure.ts';
import { StreamReader } from '../net/stream-reader.ts';
import type { Duplex } from 'node:stream';
import type { ProbeContext } from '../probe/context.ts';
import { unescapeBytes } from './escapes.ts';

interface Label {
  readonly name: string;
  /** Captures may stand in it. */
  readonly value: Buffer;
}

/** One step of `query_response`: what is awaited, then what is sent, then TLS. */
export interface DialogueStep {
  readonly expect: Regexp | undefined;
  readonly expectBytes: Buffer | undefined;
  /** Undefined when no labels are asked for; an empty list asks for a sample without any. */
  readonly labels: readonly Label[] | undefined;
  /** What to send; captures of `expect` and parameters may stand in it. */
  readonly send: Template | undefined;
  /** What is sent behind it, unless it turns out to be empty. */
  readonly end: Buffer;
  readonly starttls: boolean;
  /** Whether what is sent must not be logged. */
  readonly secret: boolean;
}

const labelName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads a prober's `query_response`. */
export function readDialogue(section: ConfigReader): DialogueStep[] {
  return section.list('query_response', readStep);
}

/** Reads one step. */
export function readStep(step: ConfigReader): DialogueStep {
  const expect = step.regexp('expect');
  const bytes = step.bytes('expect_bytes');
  const expectBytes = bytes?.length === 0 ? undefined : bytes;
  if (expect !== undefined && expectBytes !== undefined) {
    step.fail('expect_bytes', 'expect and expect_bytes are mutually exclusive');
  }
  const secret = step.boolean('secret', false);
  const send = nonEmpty(step.byteTemplate('send', { secret }));
  const sendBytes = step.template('send_bytes', { secret });
  if (send !== undefined && sendBytes !== undefined) {
    step.fail('send_bytes', 'send (which adds a newline) and send_bytes (which does not) are mutually exclusive');
  }
  return {
    expect,
    expectBytes,
    labels: step.has('labels') ? step.list('labels', readLabel) : undefined,
    send: send ?? readEscapes(step, sendBytes),
    end: Buffer.from(send === undefined ? '' : '\n'),
    starttls: step.boolean('starttls', false),
    secret,
  };
}

function readLabel(label: ConfigReader): Label {
  const name = label.string('name', '');
  if (!labelName.test(name)) label.fail('name', `${JSON.stringify(name)} is no label name`);
  return { name, value: label.bytes('value') ?? Buffer.alloc(0) };
}

function readEscapes(step: ConfigReader, text: Template | undefined): Template | undefined {
  try {
    return nonEmpty(text?.map((written) => unescapeBytes(written.toString())));
  } catch (error) {
    step.fail('send_bytes', (error as SyntaxError).message);
    return undefined;
  }
}

function nonEmpty(template: Template | undefined): Template | undefined {
  return template?.empty === true ? undefined : template;
}

/** What a step sends, with captures of what it matched and parameters in their places; empty for nothing. */
export function toSend(
  { send }: DialogueStep,
  match: RegexpMatch | undefined,
  { parameters }: Pick<ProbeContext, 'parameters'>,
): Buffer {
  const template = match === undefined ? send : send?.map((written) => match.expand(written));
  return template?.bytes(parameters) ?? Buffer.alloc(0);
}

/** The longest line that `expect` looks at, in bytes. */
const maxLine = 64 * 1024;

/** A conversation over a stream that TLS may take over in its midst. */
export interface DialogueStream {
  /** What is spoken over now. */
  stream(): Duplex;
  /** Shakes hands; from then on `stream` gives the secured one. */
  startTls(): Promise<void>;
}

/** Holds the conversation. Throws ProbeFailure, whose message names the step that failed, counted from 1. */
export async function converse(
  context: ProbeContext,
  steps: readonly DialogueStep[],
  on: DialogueStream,
): Promise<void> {
  const { metrics, signal } = context;
  metrics.set(failedDueToRegex, 0);
  metrics.set(failedDueToBytes, 0);
  if (steps.length === 0) return;
  let reader = new StreamReader(on.stream(), signal, 'dialogue');
  for (const [index, step] of steps.entries()) {
    try {
      await takeStep(context, step, on, reader);
      if (step.starttls) {
        const unread = reader.detach();
        if (unread.length > 0)
          context.log.warn('Data that came before the TLS handshake is dropped', { bytes: unread.length });
        await on.startTls();
        reader = new StreamReader(on.stream(), signal, 'dialogue');
      }
    } catch (error) {
      throw inStep(error, index + 1);
    }
  }
}

async function takeStep(
  context: ProbeContext,
  step: DialogueStep,
  on: DialogueStream,
  reader: StreamReader,
): Promise<void> {
  let match: RegexpMatch | undefined;
  if (step.expect !== undefined) match = await expectLine(context, step.expect, reader);
  if (match !== undefined && step.labels !== undefined) recordLabels(context, step.labels, match);
  if (step.expectBytes !== undefined) await expectExactly(context, step.expectBytes, reader);
  const text = toSend(step, match, context);
  if (text.length === 0) return;
  context.log.debug('Sending', { data: step.secret ? '<secret>' : text.toString() });
  await write(on.stream(), Buffer.concat([text, step.end]), context.signal);
}

async function expectLine(context: ProbeContext, expect: Regexp, reader: StreamReader): Promise<RegexpMatch> {
  for (let lines = 0; ; lines++) {
    const line = await reader.readLine(maxLine);
    if (line === undefined) {
      context.metrics.set(failedDueToRegex, 1);
      const seen = lines === 0 ? 'no line came' : `none of ${lines} lines matched`;
      const reason = lines === 0 ? 'closed' : 'regexp';
      throw new ProbeFailure('dialogue', reason, `The target closed the connection, and ${seen}: ${expect.source}`);
    }
    context.log.debug('Read line', { line: line.toString() });
    const match = expect.exec(line);
    if (match === undefined) continue;
    context.metrics.set(failedDueToRegex, 0);
    context.log.debug('Regexp matched', { regexp: expect.source });
    return match;
  }
}

async function expectExactly(context: ProbeContext, expected: Buffer, reader: StreamReader): Promise<void> {
  const received = await reader.readBytes(expected.length);
  context.log.debug('Read bytes', { bytes: received.toString('hex') });
  if (received.equals(expected)) {
    context.metrics.set(failedDueToBytes, 0);
    return;
  }
  if (received.length < expected.length) {
    const count = `${received.length} of ${expected.length} bytes`;
    throw new ProbeFailure('dialogue', 'closed', `The target closed the connection after ${count}`);
  }
  context.metrics.set(failedDueToBytes, 1);
  const shown = `${received.toString('hex')} instead of ${expected.toString('hex')}`;
  throw new ProbeFailure('dialogue', 'bytes', `Bytes did not match: ${shown}`);
}

/** Tells the labels that a step makes of what it matched. */
export function recordLabels(context: ProbeContext, wanted: readonly Label[], match: RegexpMatch): void {
  const labels = wanted.map(({ name, value }) => [name, match.expand(value).toString()]);
  context.metrics.set(expectInfo, 1, Object.fromEntries(labels) as Record<string, string>);
}

/** Hands the bytes to the kernel, or to its queue: an answer is awaited by who expects one. */
export function write(stream: Duplex, bytes: Buffer, signal: ProbeSignal): Promise<void> {
  return new Promise((settle, reject) => {
    const stop = onAbort(signal, () => reject(abortFailure(signal, 'dialogue')));
    stream.write(bytes, (error) => {
      stop();
      if (error == null) settle();
      else reject(asFailure(error, 'dialogue', 'Cannot send'));
    });
  });
}

/** The failure of a step, counted from 1; what is no failure stays as it is. */
export function inStep(error: unknown, step: number): unknown {
  if (!(error instanceof ProbeFailure)) return error;
  return new ProbeFailure(error.phase, error.reason, `Step ${step}: ${error.message}`, { cause: error, step });
}
