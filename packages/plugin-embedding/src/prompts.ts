import { KernelError } from "@kindred/core";

/** Prompts by name: what goes before a text of that kind. */
export type Prompts = Readonly<Record<string, string>>;

/** sentence-transformers' names for the one side of a search. */
const passages = ["passage", "document", "corpus"];

/** The prompt that a request names. INVALID_INPUT says which there are. */
export function promptNamed(name: string, prompts: Prompts): string {
  const found = find(name, prompts);
  if (found !== undefined) return found;
  throw new KernelError("INVALID_INPUT", unknown(name, prompts), { param: "prompt" });
}

/** The prompt that a launch names. LOAD_FAILED says which there are. */
export function launchPrompt(name: string, prompts: Prompts): string {
  const found = find(name, prompts);
  if (found !== undefined) return found;
  throw new KernelError("LOAD_FAILED", `The option prompt_name: ${unknown(name, prompts)}`);
}

function find(name: string, prompts: Prompts): string | undefined {
  const names = passages.includes(name) ? [name, ...passages] : [name];
  const known = names.find((each) => Object.hasOwn(prompts, each));
  return known === undefined ? undefined : prompts[known];
}

function unknown(name: string, prompts: Prompts): string {
  const known = Object.keys(prompts).map((each) => `"${each}"`);
  if (known.length === 0) return `"${name}" is no prompt of the model: it has none. Leave it out.`;
  return `The model has no prompt "${name}". Its prompts are ${known.join(", ")}.`;
}
