/**
 * The two messages of grpc.health.v1.Health/Check (gRPC's doc/health-checking.md) in the wire format of protocol
 * buffers: `HealthCheckRequest { string service = 1; }` and `HealthCheckResponse { ServingStatus status = 1; }`.
 */
export const healthCheckPath = '/grpc.health.v1.Health/Check';

/** The names of ServingStatus by number. */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export const serving = 1;

const wireType = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;
const field = 1;

/** Encodes a HealthCheckRequest; the default value of a field is not written. */
export function encodeRequest(service: string): Buffer {
  if (service === '') return Buffer.alloc(0);
  const name = Buffer.from(service);
  return Buffer.concat([Buffer.from([(field << 3) | wireType.bytes, ...varint(name.length)]), name]);
}

/** Reads the status, an int32, of a HealthCheckResponse; other fields are passed over. Throws RangeError. */
export function decodeResponse(message: Uint8Array): number {
  const reader = new WireReader(message);
  let status = 0;
  while (!reader.atEnd) {
    const { number, type } = reader.tag();
    if (number === field && type === wireType.varint) status = Number(BigInt.asIntN(32, reader.varint()));
    else reader.skip(number, type);
  }
  return status;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

const maxDepth = 100;

class WireReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  tag(): { readonly number: number; readonly type: number } {
    const tag = this.varint();
    const number = Number(tag >> 3n);
    if (number < 1 || number > 0x1fffffff) throw new RangeError(`${number} is no field number`);
    return { number, type: Number(tag & 7n) };
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff_ffff_ffffn) break;
        return value;
      }
    }
    throw new RangeError('A varint does not end');
  }

  /** Passes over the value of a field; a group goes to its own end. */
  skip(number: number, type: number, depth = 0): void {
    if (type === wireType.varint) this.varint();
    else if (type === wireType.fixed64) this.#advance(8);
    else if (type === wireType.fixed32) this.#advance(4);
    else if (type === wireType.bytes) this.#advance(Number(this.varint()));
    else if (type === wireType.groupStart && depth < maxDepth) this.#skipGroup(number, depth);
    else throw new RangeError(`Field ${number} has the wire type ${type}`);
  }

  #skipGroup(number: number, depth: number): void {
    for (;;) {
      const inner = this.tag();
      if (inner.type === wireType.groupEnd) {
        if (inner.number !== number) throw new RangeError(`Group ${number} ends as ${inner.number}`);
        return;
      }
      this.skip(inner.number, inner.type, depth + 1);
    }
  }

  #advance(count: number): void {
    if (count > this.#bytes.length - this.#offset) throw new RangeError('A field is longer than its message');
    this.#offset += count;
  }
}
