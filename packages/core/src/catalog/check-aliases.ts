import { KernelError } from "../errors.ts";
import { isJsonObject } from "../json-object.ts";
import { told } from "../shared/told.ts";

/** INVALID_INPUT unless these are ids by other names. */
export function checkAliases(aliases: unknown): void {
  if (!isJsonObject(aliases))
    throw invalid(
      `aliases must be an object such as { "gpt-image-1": "sd-turbo" }, not ${told(aliases)}.`,
    );
  for (const [alias, id] of Object.entries(aliases)) {
    if (alias === "") throw invalid("An alias is an empty text. Give it a name.");
    if (typeof id !== "string" || id === "")
      throw invalid(
        `The alias ${told(alias)} must be a model's id, a text that is not empty, not ${told(id)}.`,
      );
  }
}

function invalid(message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param: "aliases" });
}
