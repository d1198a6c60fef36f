import type { LaunchListing } from "@kindred/core";
import { componentFiles, encoderFiles, tokenizerFiles } from "../components/component-files.ts";
import type { Component, TextComponent } from "../components/component.ts";
import { vaeEncoder } from "../components/named-components.ts";
import { scheduleFile, schedulerConfig } from "../components/scheduler-config.ts";

/** The components that a pipeline is made of. */
export interface PipelineComponents {
  readonly texts: readonly TextComponent[];
  readonly others: readonly Component[];
}

/**
 * The files of a checkpoint in diffusers' layout that its components need, in one precision. LOAD_FAILED when its schedule is not
 * sound, or a component has no files.
 */
export function checkpointFiles(
  model: LaunchListing,
  { texts, others }: PipelineComponents,
  variant: string | undefined,
): readonly string[] {
  schedulerConfig(model);
  return [
    "model_index.json",
    scheduleFile,
    ...texts.flatMap(({ tokenizer }) => tokenizerFiles(model, tokenizer)),
    ...[...texts, ...others].flatMap((each) => componentFiles(model, each, variant)),
    ...encoderFiles(model, vaeEncoder),
  ];
}
