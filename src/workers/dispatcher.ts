import type { Socket } from 'node:net';
import type { WorkerProcess } from './worker-process.ts';

/** The most connections that may be on their way to one worker: a pipe passes them one by one. */
const mostUnderWay = 64;

/** The most connections that wait while no worker can be handed one; more are closed at once. */
const mostWaiting = 1024;

/** After so many seconds without a word a worker gets connections only when no other can take them. */
const longSilence = 3;

/** Hands connections to the workers, each to the one that holds the fewest. None is lost with a worker that dies. */
export class Dispatcher {
  readonly #workers: () => Iterable<WorkerProcess>;
  readonly #waiting = new Set<Socket>();
  #nextId = 0;

  constructor(workers: () => Iterable<WorkerProcess>) {
    this.#workers = workers;
  }

  /** Takes a connection that was accepted and not yet read from. */
  take(socket: Socket): void {
    socket.on('error', () => {});
    socket.once('close', () => this.#waiting.delete(socket));
    this.#hand(socket);
  }

  /** Hands out what has waited, as far as workers can be handed more. */
  handWaiting(): void {
    for (const socket of this.#waiting) {
      const worker = this.#leastBusy();
      if (worker === undefined) return;
      this.#waiting.delete(socket);
      this.#send(worker, socket);
    }
  }

  /** The connection has arrived at the worker, which alone holds it from now on. */
  taken(worker: WorkerProcess, id: number): void {
    worker.underWay.get(id)?.destroy();
    if (worker.underWay.delete(id)) worker.connections += 1;
    this.handWaiting();
  }

  /** Hands what was on its way to a worker that has ended to another one. */
  workerEnded(worker: WorkerProcess): void {
    for (const socket of worker.underWay.values()) this.#hand(socket);
    worker.underWay.clear();
  }

  /** Closes what nobody will take any more. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #hand(socket: Socket): void {
    const worker = this.#leastBusy();
    if (worker !== undefined) this.#send(worker, socket);
    else if (this.#waiting.size < mostWaiting) this.#waiting.add(socket);
    else socket.destroy();
  }

  #send(worker: WorkerProcess, socket: Socket): void {
    const id = this.#nextId++;
    worker.lastHanded = id;
    worker.underWay.set(id, socket);
    worker.channel.sendSocket(id, socket);
  }

  #leastBusy(): WorkerProcess | undefined {
    let best: WorkerProcess | undefined;
    for (const worker of this.#workers()) {
      if (!worker.ready || worker.underWay.size >= mostUnderWay) continue;
      if (best === undefined || isBusier(best, worker)) best = worker;
    }
    return best;
  }
}

/** A worker that is slow to take connections gets no more of them while another is not; among equals they take turns. */
function isBusier(worker: WorkerProcess, other: WorkerProcess): boolean {
  const isSilent = worker.silence >= longSilence;
  if (isSilent !== other.silence >= longSilence) return isSilent;
  const difference = worker.underWay.size - other.underWay.size || worker.connections - other.connections;
  return difference === 0 ? worker.lastHanded > other.lastHanded : difference > 0;
}
