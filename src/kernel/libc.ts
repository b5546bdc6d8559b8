import { createRequire } from 'node:module';
import type koffiModule from 'koffi';

/** The functions of the C library that Node has no API for. They return -1 on failure, as in C. */
export interface Libc {
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, length: Uint32Array): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number;
  socket(domain: number, type: number, protocol: number): number;
  /** `name` is a `struct sockaddr`. */
  bind(fd: number, name: Uint8Array, length: number): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  /** `message` is a `struct msghdr`. */
  sendmsg(fd: number, message: Uint8Array, flags: number): number;
  recvmsg(fd: number, message: Uint8Array, flags: number): number;
  epollCreate(flags: number): number;
  /** `event` is a `struct epoll_event`. */
  epollControl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  /** `events` has room for `max` structures `epoll_event`; `timeout` is in milliseconds. */
  epollWait(epoll: number, events: Uint8Array, max: number, timeout: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** `time` is a `struct timespec`. */
  clockGettime(clock: number, time: Uint8Array): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  /** Only glibc has it. */
  readonly mallocTrim: ((pad: number) => number) | undefined;
  /** Where bytes lie, for a pointer to them in a structure. */
  address(bytes: Uint8Array): bigint;
  /** The number of a network interface; 0 when there is none of that name. */
  ifNameToIndex(name: string): number;
  /** The error number of the last call that failed. */
  errno(): number;
}

type VariadicFcntl = (fd: number, command: number, type: 'int', argument: number) => number;
type VariadicIoctl = (fd: number, request: number, type: 'void *', argument: Uint8Array) => number;

let loaded: { readonly libc: Libc | undefined; readonly problem: string | undefined } | undefined;

/** The C library of this process, loaded on the first call; undefined where it cannot be called. */
export function libc(): Libc | undefined {
  return (loaded ??= load()).libc;
}

/** Why `libc()` is undefined, in one clause for a log line. */
export function libcProblem(): string | undefined {
  return (loaded ??= load()).problem;
}

function load(): NonNullable<typeof loaded> {
  if (process.platform !== 'linux') {
    return {
      libc: undefined,
      problem: `the kernel of ${process.platform} cannot be asked, only Linux can`,
    };
  }
  if (process.env['CLEARBOX_NO_FFI'] === '1') {
    return { libc: undefined, problem: 'CLEARBOX_NO_FFI=1 is set' };
  }
  try {
    return { libc: declare(), problem: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    return { libc: undefined, problem: `the optional package koffi does not load: ${reason}` };
  }
}

/** Throws when koffi is not installed, has no build for this machine, or finds no such function. */
function declare(): Libc {
  // A static import of a package that may be missing would stop the whole program.
  const koffi = createRequire(import.meta.url)('koffi') as typeof koffiModule;
  // The process itself is linked to its C library, be it glibc or musl.
  const library = koffi.load(null);
  const fcntl = library.func('int fcntl(int, int, ...)') as VariadicFcntl;
  const ioctl = library.func('int ioctl(int, unsigned long, ...)') as VariadicIoctl;
  return {
    getsockopt: library.func('int getsockopt(int, int, int, void *, void *)'),
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    socket: library.func('int socket(int, int, int)'),
    bind: library.func('int bind(int, const void *, uint32_t)'),
    send: library.func('intptr_t send(int, const void *, size_t, int)'),
    recv: library.func('intptr_t recv(int, void *, size_t, int)'),
    sendmsg: library.func('intptr_t sendmsg(int, const void *, int)'),
    recvmsg: library.func('intptr_t recvmsg(int, void *, int)'),
    epollCreate: library.func('int epoll_create1(int)'),
    epollControl: library.func('int epoll_ctl(int, int, int, void *)'),
    epollWait: library.func('int epoll_wait(int, void *, int, int)'),
    fcntl: (fd, command, argument) => fcntl(fd, command, 'int', argument),
    ioctl: (fd, request, argument) => ioctl(fd, request, 'void *', argument),
    clockGettime: library.func('int clock_gettime(int, void *)'),
    shutdown: library.func('int shutdown(int, int)'),
    close: library.func('int close(int)'),
    mallocTrim: optional(() => library.func('int malloc_trim(size_t)')),
    address: (bytes) => koffi.address(bytes),
    ifNameToIndex: library.func('uint32_t if_nametoindex(const char *)'),
    errno: () => koffi.errno(),
  };
}

function optional<T>(declare: () => T): T | undefined {
  try {
    return declare();
  } catch {
    return undefined; // This C library does not have it.
  }
}
