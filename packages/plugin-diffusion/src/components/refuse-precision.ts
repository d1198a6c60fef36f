import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import type { Component } from "./component.ts";

/** LOAD_FAILED where a launch names a precision for a component that is an ONNX export, which has one of its own. */
export function refusePrecision(
  { model, options }: Pick<LoadContext<DiffusionOptions>, "model" | "options">,
  { folder }: Component,
): void {
  const { precision } = options;
  const named = typeof precision === "string" ? precision : precision?.[folder];
  if (named === undefined) return;
  const message = `"${model.id}" was launched with precision "${named}", and its ${folder} is an ONNX export, which has a precision of its own. Leave the option out, or launch the folder with its .safetensors weights.`;
  throw new KernelError("LOAD_FAILED", message);
}
