/** Marks for {@link ProbeCase.differs}, by what is different. */
export type Marks = Readonly<Record<string, string>>;

/** We tell how long a phase took that was reached, though the probe failed later. */
export function reached(...phases: readonly string[]): Marks {
  const reason = 'a phase that was reached keeps its duration, though the probe failed';
  return Object.fromEntries(phases.map((phase) => [`probe_http_duration_seconds{phase="${phase}"}`, reason]));
}

/** The probe ends otherwise, so that nearly every series differs. */
export const otherwise = (reason: string): Marks => ({ '*': reason });

/** The URL keeps the name where the peer puts the address. */
export const namedReferer: Marks = {
  'request 2 header referer': 'the URL keeps its name; only the connection is pinned',
};
