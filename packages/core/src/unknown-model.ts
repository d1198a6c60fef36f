import { KernelError } from "./errors.ts";
import { suggestion } from "./suggestion.ts";

/** MODEL_NOT_FOUND for an id that is none of those launched, with the one that was probably meant. */
export function unknownModel(id: string, launched: readonly string[]): KernelError {
  const hint = launched.length > 0 ? suggestion(id, launched) : " None is launched.";
  return new KernelError("MODEL_NOT_FOUND", `There is no model "${id}".${hint}`, {
    param: "model",
  });
}
