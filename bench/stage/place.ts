/** Where one exporter stands towards the targets. */
export interface Place {
  /** Words before a command that make it run beside the exporter, or beside the targets. */
  readonly exporter: readonly string[];
  readonly targets: readonly string[];
  /** The address that the targets see the exporter at; undefined where they share one. */
  readonly peer: string | undefined;
  /** The targets' address. */
  readonly host: string;
  /** A Lua expression of `i`, below 131,072: the targets' i-th address. */
  readonly hosts: string;
  /** The same in numbers: the first address. */
  readonly firstHost: readonly [number, number];
}

/** 131,072 addresses from `a.b.0.0` on. */
export function addressesFrom(a: number, b: number): Pick<Place, 'hosts' | 'firstHost'> {
  const octets = `${b} + math.floor(i / 65536), math.floor(i / 256) % 256, i % 256`;
  return { hosts: `string.format("${a}.%d.%d.%d", ${octets})`, firstHost: [a, b] };
}
