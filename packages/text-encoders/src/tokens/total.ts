import { KernelError } from "@kindred/core";

/** Characters or ids of one request: the reply has several texts for each. */
const maxTotal = 1_000_000;

/** Refuses a request whose reply would take too much memory. */
export function checkTotal(
  input: readonly { readonly length: number }[],
  what: "characters" | "ids",
): void {
  const total = input.reduce((sum, { length }) => sum + length, 0);
  if (total <= maxTotal) return;
  throw new KernelError(
    "INVALID_INPUT",
    `input has ${total} ${what} in all; ${maxTotal} are read at most. Send it in parts.`,
    { param: "input" },
  );
}
