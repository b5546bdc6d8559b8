// An HTTP server that knows what it took: from the kernel's receipt of a request to the call that sends its answer.
// `GET /DELAY/ID` is answered after DELAY milliseconds; `GET /times` gives the seconds of every ID since the last time.
// One thread that asks the kernel itself and does nothing else, so that little lies between the clock and the wire.
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
import type koffiModule from 'koffi';

const koffi = createRequire(import.meta.url)('koffi') as typeof koffiModule;
const libc = koffi.load(null);
const socket = libc.func('int socket(int, int, int)');
const bind = libc.func('int bind(int, const void *, uint32_t)');
const listen = libc.func('int listen(int, int)');
const getsockname = libc.func('int getsockname(int, void *, void *)');
const setsockopt = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
const accept4 = libc.func('int accept4(int, void *, void *, int)');
const epollCreate = libc.func('int epoll_create1(int)');
const epollCtl = libc.func('int epoll_ctl(int, int, int, void *)');
const epollWait = libc.func('int epoll_wait(int, void *, int, int)');
const recvmsg = libc.func('intptr_t recvmsg(int, void *, int)');
const send = libc.func('intptr_t send(int, const void *, size_t, int)');
const clockGettime = libc.func('int clock_gettime(int, void *)');
const close = libc.func('int close(int)');

// include/linux/socket.h, include/uapi/asm-generic/socket.h, include/uapi/linux/eventpoll.h
const [AF_INET, SOCK_STREAM, SOCK_NONBLOCK, SOL_SOCKET, SO_TIMESTAMPNS] = [2, 1, 0o4000, 1, 35];
const [EPOLL_CTL_ADD, EPOLLIN, MSG_NOSIGNAL, MSG_DONTWAIT] = [1, 1, 0x4000, 0x40];
/** `struct epoll_event { u32 events; u64 data; }`, which x86-64 alone packs. */
const [eventLength, dataOffset] = process.arch === 'x64' ? [12, 4] : [16, 8];
const maxEvents = 256;

function fixed(length: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(new ArrayBuffer(length));
  return { bytes, view: new DataView(bytes.buffer) };
}

const time = fixed(16);
/** Milliseconds since the epoch, on the clock that the kernel stamps segments with. */
function now(): number {
  clockGettime(0, time.bytes);
  return readTime(time.view, 0);
}
function readTime(view: DataView, at: number): number {
  return Number(view.getBigInt64(at, true)) * 1e3 + Number(view.getBigInt64(at + 8, true)) / 1e6;
}

const data = fixed(64 * 1024);
const control = fixed(64);
const vector = fixed(16);
const header = fixed(56);
vector.view.setBigUint64(0, koffi.address(data.bytes), true);
vector.view.setBigUint64(8, BigInt(data.bytes.length), true);
header.view.setBigUint64(16, koffi.address(vector.bytes), true);
header.view.setBigUint64(24, 1n, true);
header.view.setBigUint64(32, koffi.address(control.bytes), true);

/** Reads what has come, and when the kernel got it; undefined at the end of a connection. */
function receive(fd: number): { readonly text: string; readonly at: number } | undefined {
  header.view.setBigUint64(40, BigInt(control.bytes.length), true);
  const length = Number(recvmsg(fd, header.bytes, MSG_DONTWAIT));
  if (length <= 0) return undefined;
  // One control message: { size_t len; int level; int type; struct timespec }
  const stamped = header.view.getBigUint64(40, true) >= 32n && control.view.getInt32(12, true) === SO_TIMESTAMPNS;
  return {
    text: Buffer.from(data.bytes.buffer, 0, length).toString('latin1'),
    at: stamped ? readTime(control.view, 16) : now(),
  };
}

const event = fixed(eventLength);
function watch(fd: number): void {
  event.view.setUint32(0, EPOLLIN, true);
  event.view.setInt32(dataOffset, fd, true);
  epollCtl(epoll, EPOLL_CTL_ADD, fd, event.bytes);
}

const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
const name = fixed(16);
name.view.setUint16(0, AF_INET, true);
name.bytes.set([127, 0, 0, 1], 4);
const on = new Uint8Array(Int32Array.of(1).buffer);
setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, on, on.length); // The connections that are accepted inherit it.
if (bind(listener, name.bytes, 16) !== 0 || listen(listener, 4096) !== 0) throw new Error('cannot listen');
getsockname(listener, name.bytes, Uint32Array.of(16));
const epoll = epollCreate(0);
watch(listener);
writeSync(1, `listening on ${name.view.getUint16(2)}\n`);

interface Due {
  readonly fd: number;
  readonly id: string;
  readonly received: number;
  readonly at: number;
}

const due: Due[] = [];
let times: [id: string, seconds: number][] = [];
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n');

/** The beginnings of requests whose ends are still to come: even a short one may come in pieces. */
const begun = new Map<number, string>();

function take(fd: number): void {
  const piece = receive(fd);
  const request = `${begun.get(fd) ?? ''}${piece?.text ?? ''}`;
  begun.delete(fd);
  if (piece !== undefined && !request.endsWith('\r\n\r\n')) {
    begun.set(fd, request);
    return;
  }
  const [, path = '', id = ''] = /^GET \/(\w+)(?:\/(\w+))? /.exec(request) ?? [];
  if (piece === undefined || path === '') {
    close(fd);
  } else if (path === 'times') {
    const body = JSON.stringify(times);
    times = [];
    const text = Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    sendAll(fd, text);
    close(fd);
  } else {
    due.push({ fd, id, received: piece.at, at: piece.at + Number(path) });
  }
}

/** Sends in a blocking way what does not fit into the socket's buffer. */
function sendAll(fd: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) {
    const rest = bytes.subarray(sent);
    const count = Number(send(fd, rest, rest.length, MSG_NOSIGNAL));
    if (count <= 0) return;
    sent += count;
  }
}

function answerDue(): void {
  while (due[0] !== undefined && due[0].at <= now()) {
    const { fd, id, received } = due.shift() as Due;
    const at = now();
    if (Number(send(fd, answer, answer.length, MSG_NOSIGNAL)) > 0) times.push([id, (at - received) / 1000]);
  }
}

const events = fixed(maxEvents * eventLength);
for (;;) {
  const patience = due[0] === undefined ? 1000 : Math.max(0, Math.floor(due[0].at - now()));
  const count = epollWait(epoll, events.bytes, maxEvents, patience);
  for (let index = 0; index < count; index++) {
    const fd = events.view.getInt32(index * eventLength + dataOffset, true);
    if (fd !== listener) take(fd);
    else for (let accepted; (accepted = accept4(listener, null, null, 0)) >= 0;) watch(accepted);
    answerDue();
  }
  answerDue();
}
