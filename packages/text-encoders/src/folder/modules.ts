import { KernelError, validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";

/** One step from a text to its vector, as sentence-transformers saves a model. */
export interface Module {
  /** The class's name: "Transformer", "Pooling", "Normalize". */
  readonly kind: string;
  /** The folder of its files, without a slash at its end; "" is the model's own. */
  readonly path: string;
}

/** Published models have four. */
const maxModules = 100;

const listed = z.array(z.object({ type: z.string(), path: z.string() })).max(maxModules);

/**
 * The modules that `modules.json` lists, in order; undefined when there is no such file. LOAD_FAILED when it is no list, or a module is a
 * class that the model brings itself.
 */
export function modulesOf(model: ModelListing): readonly Module[] | undefined {
  const json = model.json("modules.json");
  if (json === undefined) return undefined;
  const modules = validatedNow(listed, json, {
    code: "LOAD_FAILED",
    what: "modules.json is no list of modules",
  });
  const brought = modules.find(({ type }) => /^(?!sentence_transformers\.).*\./.test(type));
  if (brought) throw broughtCode(brought.type);
  return modules.map(({ type, path }) => ({ kind: kindOf(type), path: folderName(path) }));
}

/** The folder of the first Transformer that `modules.json` lists. Whatever else is wrong with that file is told when it is loaded. */
export function transformerPath(model: ModelListing): string {
  return folderName(firstOf("Transformer", model)?.path ?? "");
}

/** Whether `modules.json` has the states of tokens pooled to a vector. Whatever is wrong with that file is told when it is loaded. */
export function poolsTokens(model: ModelListing): boolean {
  return firstOf("Pooling", model) !== undefined;
}

function firstOf(kind: string, model: ModelListing): z.infer<typeof listed>[number] | undefined {
  const { data = [] } = listed.safeParse(model.json("modules.json"));
  return data.find(({ type }) => kindOf(type) === kind);
}

function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

function folderName(path: string): string {
  return path.replace(/^(\.?\/)+|\/+$/g, "").replace(/^\.$/, "");
}

function broughtCode(type: string): KernelError {
  const message = `modules.json asks for ${type}, which is Python code that the model brings. It is not run. Served are sentence-transformers' own Transformer, Pooling and Normalize.`;
  return new KernelError("LOAD_FAILED", message);
}
