import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { KernelError, shorten } from "@kindred/core";
import { hubName } from "@kindred/core/hub";

/**
 * Where a model lies that Xinference's specifications describe: its `model_uri`, a path or a file URL, or its `model_id` on the hub
 * at its `model_revision`. INVALID_INPUT on `param` when they say neither.
 */
export function specSource(spec: unknown, param: string): string {
  const {
    model_uri: uri,
    model_id: id,
    model_revision: revision,
  } = Object(spec) as Readonly<Record<string, unknown>>;
  if (typeof uri === "string" && uri !== "") return pathOf(uri, param);
  const name = typeof id === "string" ? hubName(id) : undefined;
  if (name === undefined)
    throw invalid(
      `${param} needs a model_uri, the path of a folder, or a model_id as OWNER/NAME.`,
      param,
    );
  return typeof revision === "string" && revision !== "" ? `${name.repo}@${revision}` : name.repo;
}

function pathOf(uri: string, param: string): string {
  if (/^file:\/\//i.test(uri)) {
    try {
      return fileURLToPath(uri);
    } catch {
      throw invalid(
        `The model_uri "${shorten(uri, 100)}" is not a file URL of this machine.`,
        param,
      );
    }
  }
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(uri))
    throw invalid(`The model_uri "${shorten(uri, 100)}" must be a path or a file URL.`, param);
  return resolve(uri);
}

function invalid(message: string, param: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
