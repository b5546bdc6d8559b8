import type { ConfigReader } from '../../config/reader.ts';
import type { RegexpMatch } from '../../config/regexp.ts';
import { websocketFailedDueToRegex } from '../../metrics/families/websocket.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ProbeContext } from '../../probe/context.ts';
import { type DialogueStep, inStep, readStep, recordLabels, toSend } from '../dialogue.ts';
import { opcodes } from './frame.ts';
import type { Messages } from './messages.ts';

/** Reads `query_response`, whose steps are about messages. */
export function readSteps(section: ConfigReader): DialogueStep[] {
  return section.list('query_response', (item) => {
    const step = readStep(item);
    if (step.starttls) item.fail('starttls', 'a WebSocket is secured before its first message: give a wss:// target');
    return step;
  });
}

/** Holds the conversation. Throws ProbeFailure, whose message names the step that failed, counted from 1. */
export async function converse(
  context: ProbeContext,
  steps: readonly DialogueStep[],
  messages: Messages,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      await takeStep(context, step, messages);
    } catch (error) {
      throw inStep(error, index + 1);
    }
  }
}

async function takeStep(context: ProbeContext, step: DialogueStep, messages: Messages): Promise<void> {
  const { expect, expectBytes, labels } = step;
  let match: RegexpMatch | undefined;
  if (expect !== undefined || expectBytes !== undefined) {
    const message = await next(context, messages);
    context.log.debug('Received message', { message: message.toString() });
    if (expect !== undefined) match = matched(context, expect.exec(message), expect.source);
    if (expectBytes !== undefined) compare(message, expectBytes);
  }
  if (match !== undefined && labels !== undefined) recordLabels(context, labels, match);
  const text = toSend(step, match, context);
  if (text.length === 0) return;
  context.log.debug('Sending message', { message: step.secret ? '<secret>' : text.toString() });
  // What `send` gives ends in a newline elsewhere; here it is what tells a text from bytes.
  await messages.send(step.end.length > 0 ? opcodes.text : opcodes.binary, text);
}

/** The next message. That none comes counts as no match, but for want of time. */
async function next({ metrics, signal }: ProbeContext, messages: Messages): Promise<Buffer> {
  try {
    return await messages.next();
  } catch (error) {
    if (!signal.aborted) metrics.set(websocketFailedDueToRegex, 1);
    throw error;
  }
}

function matched({ metrics, log }: ProbeContext, match: RegexpMatch | undefined, expected: string): RegexpMatch {
  if (match !== undefined) {
    log.debug('Regexp matched', { regexp: expected });
    return match;
  }
  metrics.set(websocketFailedDueToRegex, 1);
  throw new ProbeFailure('dialogue', 'regexp', `The message does not match: ${expected}`);
}

function compare(message: Buffer, expected: Buffer): void {
  if (message.equals(expected)) return;
  const shown = message.toString('hex', 0, expected.length + 16);
  throw new ProbeFailure('dialogue', 'bytes', `The message is ${shown} instead of ${expected.toString('hex')}`);
}
