import { cut } from "../cut.ts";
import { KernelError } from "../errors.ts";
import { suggestion } from "./suggestion.ts";

/** Characters of an id that are quoted, and compared with what there is. */
const most = 200;

/** MODEL_NOT_FOUND for an id that is none of those launched, with the one that was probably meant. */
export function unknownModel(id: string, launched: readonly string[]): KernelError {
  const asked = cut(id, most);
  const hint = launched.length > 0 ? suggestion(asked, launched) : " None is launched.";
  return new KernelError("MODEL_NOT_FOUND", `There is no model "${asked}".${hint}`, {
    param: "model",
  });
}
