import { KernelError, shorten } from "../errors.ts";
import { suggestion } from "../suggestion.ts";

/** Characters of an id that are quoted, and compared with the ids that there are. */
const maxQuoted = 200;

/** MODEL_NOT_FOUND for an id that is none of those launched, with the one that was probably meant. */
export function unknownModel(id: string, launched: readonly string[]): KernelError {
  const asked = shorten(id, maxQuoted);
  const hint = launched.length > 0 ? suggestion(asked, launched) : " None is launched.";
  return new KernelError("MODEL_NOT_FOUND", `There is no model "${asked}".${hint}`, {
    param: "model",
  });
}
