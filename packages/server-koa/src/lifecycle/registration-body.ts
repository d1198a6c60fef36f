import { isJsonObject, KernelError, shorten } from "@kindred/core";
import type { RegisteredModel } from "@kindred/core/registry";
import { specSource } from "./spec-source.ts";

/** A registration as Xinference's client asks for it: POST /v1/model_registrations/{type}. */
export interface RegistrationBody {
  readonly model: RegisteredModel;
  /** Whether it survives a restart. */
  readonly keep: boolean;
  /** Keys of the specification that change nothing here. */
  readonly unused: readonly string[];
}

/** Keys of specifications that are read, or given back to who asks for the registration. */
const used: ReadonlySet<string> = new Set([
  "model_name",
  "model_family",
  "model_uri",
  "model_id",
  "model_revision",
  "model_specs",
  "controlnet",
  "language",
  "model_lang",
  "model_description",
  "dimensions",
  "max_tokens",
  "version",
]);

/** INVALID_INPUT, with the key as `param`, for what is no registration of a model of this type. */
export function parseRegistration(task: string, body: unknown): RegistrationBody {
  const {
    model,
    persist = false,
    worker_ip: worker,
  } = Object(body) as Readonly<Record<string, unknown>>;
  if (worker != null && worker !== "")
    throw invalid("worker_ip must be left out: this server is one machine.", "worker_ip");
  if (typeof persist !== "boolean") throw invalid("persist must be true or false.", "persist");
  const spec = specOf(model);
  const { model_name: name, model_specs: specs } = spec;
  if (typeof name !== "string") throw invalid("The model has no model_name.", "model_name");
  const [only, ...others] = Array.isArray(specs) ? specs : [spec];
  if (only === undefined || others.length > 0) {
    const message = `model_specs has ${Array.isArray(specs) ? specs.length : 0} entries. Register each under a name of its own.`;
    throw invalid(message, "model_specs");
  }
  const controlNets = spec["controlnet"] ?? [];
  if (!Array.isArray(controlNets)) throw invalid("controlnet must be a list.", "controlnet");
  for (const each of controlNets) {
    if (typeof each?.model_name !== "string")
      throw invalid("Each entry of controlnet needs a model_name.", "controlnet");
    specSource(each, "controlnet");
  }
  return {
    model: {
      name,
      task,
      source: specSource(only, Array.isArray(specs) ? "model_specs" : "model_uri"),
      spec,
    },
    keep: persist,
    unused: Object.keys(spec).filter((key) => !used.has(key) && spec[key] != null),
  };
}

/** The client sends the specification as a text of JSON. */
function specOf(model: unknown): Readonly<Record<string, unknown>> {
  const spec = typeof model === "string" ? parsed(model) : model;
  if (isJsonObject(spec)) return spec;
  throw invalid("model must be a JSON object that describes a model, or its text.", "model");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`model must be the text of a JSON object, not "${shorten(text, 40)}".`, "model");
  }
}

function invalid(message: string, param: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
