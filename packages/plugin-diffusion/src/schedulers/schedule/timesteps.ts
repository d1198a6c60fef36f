import * as z from "zod";
import type { Fields } from "../config.ts";

type SpacingName = "leading" | "linspace" | "trailing";

/** How the visited timesteps lie among those of training (Lin et al. 2024, table 2). */
export interface Spacing {
  readonly timestep_spacing: SpacingName;
  readonly steps_offset: number;
}

/** The schema of `Spacing`, with a class's own default. */
export function spacing(name: SpacingName): Fields<Spacing> {
  return {
    timestep_spacing: z.enum(["leading", "linspace", "trailing"]).default(name),
    steps_offset: z.int().default(0),
  };
}

type Spaced = Spacing & { readonly num_train_timesteps: number };

/** One timestep per step, falling. "linspace" gives fractions. */
export function timesteps(config: Spaced, steps: number): number[] {
  const { num_train_timesteps: count, steps_offset: offset } = config;
  switch (config.timestep_spacing) {
    case "linspace":
      return linspace(0, count - 1, steps).toReversed();
    case "leading":
      return range(steps, (i) => i * Math.floor(count / steps) + offset).toReversed();
    case "trailing":
      return range(steps, (i) => rint(count - i * (count / steps)) - 1);
  }
}

export function wholeTimesteps(config: Spaced, steps: number): number[] {
  return timesteps(config, steps).map(rint);
}

/** Whole timesteps of solvers that count the schedule's end among its points. They land on it and do not visit it. */
export function openTimesteps(config: Spaced, steps: number): number[] {
  if (config.timestep_spacing === "trailing") return wholeTimesteps(config, steps);
  return wholeTimesteps(config, steps + 1).slice(0, -1);
}

export function linspace(start: number, end: number, count: number): number[] {
  const step = (end - start) / (count - 1);
  return range(count, (i) => (i > 0 && i === count - 1 ? end : start + (i === 0 ? 0 : i * step)));
}

/** numpy's rounding: halves go to the even neighbour. */
export function rint(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function range(count: number, value: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => value(i));
}
