/** Whether the reader of the output has gone: `kindred run … | head -1` closes the pipe after a line. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Standard output's "error" listener. Without one, a server would end when its reader does. */
export function outliveReader(error: Error): void {
  if (!isBrokenPipe(error)) throw error;
}
