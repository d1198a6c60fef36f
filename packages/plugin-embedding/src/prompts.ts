import { KernelError } from "@kindred/core";
import type { TextInput, Tokenizer } from "@kindred/core/text";

/** Prompts by name: each is the text that goes before texts of that kind. */
export type Prompts = Readonly<Record<string, string>>;

/** Names that sentence-transformers has for the texts that are searched. */
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

/** Texts and token ids with the prompt before each. */
export async function withPrompt(
  prompt: string,
  input: readonly TextInput[],
  tokenizer: Tokenizer,
): Promise<readonly TextInput[]> {
  const [tokens] = await tokenizer.encode([prompt], { specialTokens: false });
  return input.map((each) =>
    typeof each === "string" ? prompt + each : [...(tokens?.ids ?? []), ...each],
  );
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
