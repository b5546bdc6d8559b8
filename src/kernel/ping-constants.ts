// include/linux/socket.h, include/linux/net.h, include/uapi/asm-generic/socket.h
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4_000;
export const SOCK_CLOEXEC = 0o2_000_000;
export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
export const SO_ATTACH_FILTER = 26;
export const SO_TIMESTAMPNS = 35;
export const MSG_ERRQUEUE = 0x2000;

// include/uapi/linux/in.h
export const IP_MTU_DISCOVER = 10;
export const IP_PMTUDISC_WANT = 1;
export const IP_PMTUDISC_PROBE = 3;

// include/uapi/linux/errqueue.h
export const SO_EE_ORIGIN_LOCAL = 1;

// include/uapi/asm-generic/fcntl.h
export const F_SETFL = 4;
export const F_SETOWN = 8;
export const O_NONBLOCK = 0o4_000;
export const O_ASYNC = 0o20_000;

// include/uapi/linux/time.h
export const CLOCK_REALTIME = 0;

/** What differs between the versions of IP: numbers of include/uapi/linux/in.h and in6.h, and socket addresses. */
interface FamilyNumbers {
  readonly domain: number;
  readonly protocol: number;
  /** The level of the socket options and control messages below. */
  readonly level: number;
  readonly packetInfo: number;
  readonly receiveError: number;
  readonly receiveHopLimit: number;
  readonly hopLimit: number;
  /** The bytes of a socket address, and where in it the IP address stands. */
  readonly nameLength: number;
  readonly addressOffset: number;
  readonly addressLength: number;
}

export const familyNumbers: Readonly<Record<4 | 6, FamilyNumbers>> = {
  4: {
    domain: AF_INET,
    protocol: 1, // IPPROTO_ICMP
    level: 0, // IPPROTO_IP
    packetInfo: 8, // IP_PKTINFO
    receiveError: 11, // IP_RECVERR
    receiveHopLimit: 12, // IP_RECVTTL
    hopLimit: 2, // IP_TTL
    nameLength: 16,
    addressOffset: 4,
    addressLength: 4,
  },
  6: {
    domain: AF_INET6,
    protocol: 58, // IPPROTO_ICMPV6
    level: 41, // IPPROTO_IPV6
    packetInfo: 50, // IPV6_PKTINFO
    receiveError: 25, // IPV6_RECVERR
    receiveHopLimit: 51, // IPV6_RECVHOPLIMIT
    hopLimit: 52, // IPV6_HOPLIMIT
    nameLength: 28,
    addressOffset: 8,
    addressLength: 16,
  },
};
