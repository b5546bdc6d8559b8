/** What went wrong, for people. Node.js words it `ENOENT: no such file or directory, open 'x'`; the middle is what helps. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
