import { KernelError } from "@kindred/core";
import type { TextInput, Tokenizer } from "@kindred/core/text";

/** Prompts by name: each is the text that goes before texts of that kind. */
export type Prompts = Readonly<Record<string, string>>;

/** One prompt. */
export interface Prompt {
  readonly name: string;
  readonly text: string;
}

/** Names for texts that search and for texts that are searched: sentence-transformers' own, and those of other servers' `input_type`. */
const kinds = [
  ["query", "search_query"],
  ["passage", "document", "corpus", "search_document"],
];

/** Prompts that sentence-transformers gives to every model that does not save its own. */
const everyModels: Prompts = { query: "", document: "" };

/** The prompt that a request names. INVALID_INPUT says which there are. */
export function promptNamed(name: string, prompts: Prompts): string {
  const found = find(name, prompts);
  if (found !== undefined) return found;
  throw new KernelError("INVALID_INPUT", unknown(name, prompts), { param: "prompt" });
}

/** The two places that can name the prompt for requests that name none. */
export interface DefaultPrompt {
  /** The launch's option, which wins; "" is no prompt. */
  readonly launch: string | undefined;
  /** The `default_prompt_name` of the model's folder. */
  readonly saved: string | undefined;
}

/** The prompt for requests that name none; undefined when there is none. LOAD_FAILED says which prompts there are. */
export function defaultPrompt(
  { launch, saved }: DefaultPrompt,
  prompts: Prompts,
): Prompt | undefined {
  if (launch === "") return undefined;
  const name = launch ?? saved;
  if (name === undefined) return undefined;
  const text = find(name, launch === undefined ? { ...everyModels, ...prompts } : prompts);
  if (text !== undefined) return { name, text };
  const where =
    launch === undefined
      ? "default_prompt_name of config_sentence_transformers.json"
      : "The option prompt";
  throw new KernelError("LOAD_FAILED", `${where}: ${unknown(name, prompts)}`);
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
  const kind = kinds.find((names) => names.includes(name)) ?? [];
  const known = [name, ...kind].find((each) => Object.hasOwn(prompts, each));
  return known === undefined ? undefined : prompts[known];
}

function unknown(name: string, prompts: Prompts): string {
  const known = Object.keys(prompts).map((each) => `"${each}"`);
  if (known.length === 0) return `"${name}" is no prompt of the model: it has none. Leave it out.`;
  return `The model has no prompt "${name}". Its prompts are ${known.join(", ")}.`;
}
