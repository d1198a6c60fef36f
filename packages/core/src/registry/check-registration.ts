import { KernelError } from "../errors.ts";
import { told } from "../shared/told.ts";
import type { RegisteredModel } from "./registered-model.ts";
import { isJsonObject } from "../json-object.ts";

/** The most characters of a model's name. */
const maxName = 200;
/** Levels of lists and objects within each other. JSON is read, but not written, however deep it is. */
const maxLevels = 100;

const texts: readonly (keyof RegisteredModel)[] = ["name", "task", "source"];

/** INVALID_INPUT, with the field at fault as `param`, for what is no model to register. */
export function checkRegistration(model: unknown): asserts model is RegisteredModel {
  if (!isJsonObject(model))
    throw invalid(`A model to register must be an object, not ${told(model)}.`);
  for (const field of texts) {
    const value = model[field];
    if (typeof value !== "string" || value === "")
      throw invalid(
        `The model's ${field} must be a text that is not empty, not ${told(value)}.`,
        field,
      );
  }
  const { name, family, options = {}, spec = {} } = model as unknown as RegisteredModel;
  if (
    name.length > maxName ||
    !/^[\p{L}\p{N}][\p{L}\p{N}_.-]*(?:\/[\p{L}\p{N}][\p{L}\p{N}_.-]*)?$/u.test(name)
  )
    throw invalid(
      `A model's name must begin with a letter or a digit, and be of those, ".", "-" and "_" and one "/" at most, in ${maxName} characters, not ${told(name)}.`,
      "name",
    );
  if (family !== undefined && typeof family !== "string")
    throw invalid(`The model's family must be a family's name, not ${told(family)}.`, "family");
  if (!isJsonObject(options))
    throw invalid(`The model's options must be an object, not ${told(options)}.`, "options");
  if (!isJsonObject(spec))
    throw invalid(`The model's spec must be an object, not ${told(spec)}.`, "spec");
  for (const [field, value] of Object.entries({ options, spec }))
    if (!isWithin(value, maxLevels))
      throw invalid(
        `The model's ${field} must have no more than ${maxLevels} lists and objects within each other.`,
        field,
      );
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isWithin(each, levels - 1));
}

function invalid(message: string, param = "model"): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
