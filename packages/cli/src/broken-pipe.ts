/** A pipe's, a terminal's and a socket's error after their other end was closed. */
const codes: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ECONNRESET"]);

/** Whether the reader of the output has gone: `kindred run … | head -1` closes the pipe after a line. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && codes.has(error.code);
}
