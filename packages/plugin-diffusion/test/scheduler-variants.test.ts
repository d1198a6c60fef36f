import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SchedulerConfig } from "../src/schedulers/config.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import { deviation, run } from "./schedulers-golden.ts";
import type { Case } from "./schedulers-golden.ts";

interface Stepped extends Case {
  readonly name: string;
}

interface Refused {
  readonly name: string;
  readonly config: SchedulerConfig;
  readonly refused: { readonly code: string; readonly field: string };
}

/** Configurations as published repositories have them, recorded by tools/reference/scheduler_variants.py. */
const { variants } = JSON.parse(
  readFileSync(new URL("golden/scheduler-variants.json", import.meta.url), "utf8"),
) as { readonly variants: readonly (Stepped | Refused)[] };

const stepped = variants.filter((each): each is Stepped => !("refused" in each));
const refused = variants.filter((each): each is Refused => "refused" in each);

/** Relative to the greatest value. From pure noise Euler's first step cancels all but 1/4096 of torch's float32. */
function tolerance(variant: Stepped): number {
  return variant.name.includes("zero SNR") ? 1e-4 : 1e-5;
}

test.each(stepped)("$name steps as diffusers does", (variant) => {
  const { timesteps, scale, path } = run(variant);
  expect(timesteps).toHaveLength(variant.timesteps.length);
  expect(deviation(timesteps, variant.timesteps)).toBeLessThan(1e-6);
  expect(deviation([scale], [variant.scale])).toBeLessThan(1e-6);
  for (const [i, latent] of variant.path?.entries() ?? [])
    expect(deviation(path[i]!, latent)).toBeLessThan(tolerance(variant));
  expect(deviation(path.at(-1)!, variant.latent)).toBeLessThan(tolerance(variant));
});

test.each(refused)("$name is refused ($refused.code) with $refused.field named", (variant) => {
  const { code, field } = variant.refused;
  expect(() => createScheduler(variant.config)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(field) }),
  );
});

test("more than 53 of the configurations step differently, and another seed makes each another", () => {
  expect(new Set(stepped.map(({ latent }) => String(latent))).size).toBeGreaterThan(53);
  for (const variant of stepped) {
    const end = run({ ...variant, seed: 8 }).path.at(-1)!;
    expect(deviation(end, variant.latent)).toBeGreaterThan(10 * tolerance(variant));
  }
});
