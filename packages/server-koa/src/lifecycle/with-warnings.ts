/** A reply that has `warnings` where there are any. */
export function withWarnings(reply: object, warnings: readonly string[]): object {
  return warnings.length > 0 ? { ...reply, warnings } : reply;
}
