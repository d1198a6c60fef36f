/** Whether nobody reads on: `kindred run … | head -1` has what it wanted. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Standard output's "error" listener. Without one, the reader's end would end a server too. */
export function outliveReader(error: Error): void {
  if (!isBrokenPipe(error)) throw error;
}
