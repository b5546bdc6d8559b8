import type { Socket } from 'node:net';

/** What can be asked over a channel: for each name what the question carries, and what answers it. */
export type Questions = Record<string, readonly [question: unknown, answer: unknown]>;

/** How one side answers what it is asked. */
export type Answers<Asked extends Questions> = {
  readonly [Name in keyof Asked]: (question: Asked[Name][0]) => Asked[Name][1] | Promise<Asked[Name][1]>;
};

/** One end of the pipe between two processes: `process` in the worker, its ChildProcess in the primary. */
export interface Port {
  readonly connected: boolean;
  send?(
    message: object,
    socket: Socket | undefined,
    options: { readonly keepOpen?: boolean },
    sent: (error: Error | null) => void,
  ): boolean;
  on(event: 'message', listener: (message: unknown, socket: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

type Message =
  | { readonly kind: 'question'; readonly id: number | undefined; readonly name: string; readonly value: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly reason: string }
  | { readonly kind: 'socket'; readonly id: number };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The failure of a question to a process that has ended. */
export class ProcessEnded extends Error {
  constructor() {
    super('The other process has ended');
    this.name = 'ProcessEnded';
  }
}

/** Questions and answers between two processes. Every question is answered, or fails within its patience. */
export class Channel<Asked extends Questions, Mine extends Questions> {
  readonly #port: Port;
  readonly #answers: Answers<Asked>;
  readonly #pending = new Map<number, Pending>();
  #onSocket: ((id: number, socket: Socket | undefined) => void) | undefined;
  #nextId = 0;

  constructor(port: Port, answers: Answers<Asked>) {
    this.#port = port;
    this.#answers = answers;
    port.on('message', (message, socket) => this.#receive(message as Message, socket as Socket | undefined));
    port.once('disconnect', () => {
      for (const { reject } of this.#pending.values()) reject(new ProcessEnded());
    });
  }

  /** Resolves with the answer; rejects when there is none within `patience` milliseconds. */
  async ask<Name extends keyof Mine & string>(
    name: Name,
    value: Mine[Name][0],
    patience: number,
  ): Promise<Mine[Name][1]> {
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        timer = setTimeout(() => reject(new Error(`No answer within ${patience / 1000} s`)), patience);
        this.#send({ kind: 'question', id, name, value }, reject);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /** Asks what needs no answer. */
  tell<Name extends keyof Mine & string>(name: Name, value: Mine[Name][0]): void {
    this.#send({ kind: 'question', id: undefined, name, value });
  }

  /** Hands a connection over; this process keeps its own descriptor of it. */
  sendSocket(id: number, socket: Socket): void {
    this.#send({ kind: 'socket', id }, undefined, socket);
  }

  /** Hears of connections that are handed over; undefined when the client had gone before. */
  onSocket(listener: (id: number, socket: Socket | undefined) => void): void {
    this.#onSocket = listener;
  }

  #send(message: Message, failed: (error: Error) => void = () => {}, socket?: Socket): void {
    if (!this.#port.connected || this.#port.send === undefined) failed(new ProcessEnded());
    else
      this.#port.send(message, socket, { keepOpen: true }, (error) => {
        if (error !== null) failed(error);
      });
  }

  #receive(message: Message, socket: Socket | undefined): void {
    switch (message.kind) {
      case 'question':
        void this.#answer(message.id, message.name, message.value);
        break;
      case 'answer':
        this.#pending.get(message.id)?.resolve(message.value);
        break;
      case 'failure':
        this.#pending.get(message.id)?.reject(new Error(message.reason));
        break;
      case 'socket':
        this.#onSocket?.(message.id, socket);
        break;
    }
  }

  async #answer(id: number | undefined, name: string, question: unknown): Promise<void> {
    try {
      const value = await this.#answers[name]?.(question);
      if (id !== undefined) this.#send({ kind: 'answer', id, value });
    } catch (error) {
      if (id === undefined) throw error;
      this.#send({ kind: 'failure', id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
