import type { Lifetime, SeenRequest } from '../support/servers.ts';

/** A module and a target that blackbox_exporter and this exporter both probe. */
export interface ProbeCase {
  readonly name: string;
  /** The module, as an object or as YAML; undefined asks for no module. */
  readonly module?: object | string;
  /** The target, or what opens it. */
  readonly target?: string | ((lifetime: Lifetime) => Promise<Opened>);
  /** Further query parameters of /probe; they win over those of the module and the target. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Why the case cannot run on this machine; undefined when it can. */
  readonly skip?: string | undefined;
  /**
   * Deliberate differences, each with its reason: by series, by family, by what the target saw, or `*`.
   * One that does not show fails the case.
   */
  readonly differs?: Readonly<Record<string, string>>;
}

/** A target that is open. */
export interface Opened {
  readonly target: string;
  /** What has reached the target since the last call. */
  readonly seen?: () => Promise<readonly Seen[]>;
}

/** One request or conversation, as named facts. */
export type Seen = Readonly<Record<string, string>>;

/** A request as named facts, to compare. */
export function requestFacts(request: SeenRequest): Seen {
  const facts: Record<string, string> = {
    method: request.method,
    url: request.url,
    version: request.version,
    body: request.body,
  };
  for (const [name, value] of Object.entries(request.headers)) facts[`header ${name}`] = value;
  if (request.serverName !== undefined) facts['server name'] = request.serverName;
  if (request.clientCertificate !== undefined) facts['client certificate'] = request.clientCertificate;
  return facts;
}
