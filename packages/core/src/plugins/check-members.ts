import { KernelError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import { told } from "../shared/told.ts";
import { checkProviders } from "./check-providers.ts";

interface Member {
  readonly name: string;
  /** The demand in words, for a message. */
  readonly words: string;
  is(value: unknown): boolean;
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

const method = (name: string): Member => ({ name, words: "a function", is: isFunction });
const task: Member = {
  name: "task",
  words: 'a task such as { name: "embedding" }',
  is: (value) => isText((Object(value) as { readonly name?: unknown }).name),
};

const family: readonly Member[] = [
  { name: "name", words: "a text in kebab-case", is: isText },
  task,
  method("match"),
  method("load"),
];

const endpoint: readonly Member[] = [
  {
    name: "path",
    words: 'a path such as "/v1/embeddings"',
    is: (value) => typeof value === "string" && value.startsWith("/"),
  },
  task,
  {
    name: "body",
    words: "a schema of a Standard Schema library, such as zod",
    is: (value) => (Object(value) as { readonly "~standard"?: unknown })["~standard"] !== undefined,
  },
  method("decode"),
  method("encode"),
];

/** PLUGIN_INVALID, saying which member, for a plugin whose families, endpoints or providers lack what the kernel calls. */
export function checkMembers({ name, families, endpoints, provides }: Plugin): void {
  checkList(`families of plugin "${name}"`, families ?? [], family);
  checkList(`endpoints of plugin "${name}"`, endpoints ?? [], endpoint);
  checkProviders(provides ?? [], `provides of plugin "${name}"`);
}

function checkList(what: string, list: unknown, members: readonly Member[]): void {
  if (!Array.isArray(list)) throw invalid(`The ${what} must be a list, not ${told(list)}.`);
  for (const [i, each] of list.entries()) {
    const found = Object(each) as Readonly<Record<string, unknown>>;
    const wrong = members.find((member) => !member.is(found[member.name]));
    if (!wrong) continue;
    const called = told(found["name"] ?? found["path"] ?? i);
    throw invalid(
      `The ${what} have one, ${called}, whose ${wrong.name} is ${told(found[wrong.name])}. It must be ${wrong.words}.`,
    );
  }
}

function invalid(message: string): KernelError {
  return new KernelError("PLUGIN_INVALID", message);
}
