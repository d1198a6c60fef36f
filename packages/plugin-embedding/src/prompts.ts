import { KernelError } from "@kindred/core";

/** Prompts by name: what goes before a text of that kind. */
export type Prompts = Readonly<Record<string, string>>;

/** sentence-transformers' names for the one side of a search. */
const passages = ["passage", "document", "corpus"];

/** The prompt of this name. INVALID_INPUT names those there are. */
export function promptNamed(name: string, prompts: Prompts): string {
  const names = passages.includes(name) ? [name, ...passages] : [name];
  const found = names.find((each) => Object.hasOwn(prompts, each));
  if (found !== undefined) return prompts[found] ?? "";
  const known = Object.keys(prompts).map((each) => `"${each}"`);
  const advice = known.length ? `Its prompts are ${known.join(", ")}.` : "It has none.";
  throw new KernelError("INVALID_INPUT", `The model has no prompt "${name}". ${advice}`, {
    param: "prompt",
  });
}
