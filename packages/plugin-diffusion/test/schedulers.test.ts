import { isKernelError } from "@kindred/core";
import { expect, test } from "vitest";
import type { SchedulerConfig } from "../src/schedulers/config.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import { samplers } from "../src/schedulers/names.ts";
import { deviation, golden, run, size, title } from "./schedulers-golden.ts";
import type { Case, Recipe } from "./schedulers-golden.ts";

/** Relative to the greatest value. From pure noise Euler's first step cancels all but 1/4096 of torch's float32. */
function tolerance({ config }: Case): number {
  return config === "zero-snr" ? 1e-4 : 1e-5;
}

function latentDeviation(recipe: Recipe, expected: readonly number[]): number {
  return deviation(run(recipe).path.at(-1)!, expected);
}

test.each(golden.cases.map((recorded) => ({ name: title(recorded), recorded })))(
  "$name steps as diffusers does",
  ({ recorded }) => {
    const actual = run(recorded);
    const max = tolerance(recorded);
    expect(actual.timesteps).toHaveLength(recorded.timesteps.length);
    expect(deviation(actual.timesteps, recorded.timesteps)).toBeLessThan(1e-6);
    expect(deviation([actual.scale], [recorded.scale])).toBeLessThan(1e-6);
    for (const [i, latent] of recorded.path?.entries() ?? [])
      expect(deviation(actual.path[i]!, latent)).toBeLessThan(max);
    expect(deviation(actual.path.at(-1)!, recorded.latent)).toBeLessThan(max);
    if (recorded.noised) expect(deviation(actual.noised, recorded.noised)).toBeLessThan(max);
    if (recorded.kept) expect(deviation(actual.kept!, recorded.kept)).toBeLessThan(max);
  },
);

const sd15 = golden.cases.filter(
  ({ config, steps, strength, eta }) => config === "sd15" && steps === 7 && !strength && !eta,
);

test.each(sd15)("$sampler is no other sampler, seed or number of steps", (recorded) => {
  const { sampler, latent } = recorded;
  const others = sd15.filter((other) => other.sampler !== sampler);
  const mutations: Recipe[] = [
    ...others.map((other) => ({ ...recorded, sampler: other.sampler })),
    { ...recorded, seed: 8 },
    { ...recorded, steps: 8 },
  ];
  for (const mutation of mutations)
    expect(latentDeviation(mutation, latent)).toBeGreaterThan(10 * tolerance(recorded));
});

test("a name's case and spaces do not matter, and diffusers' class names are accepted", () => {
  const config = golden.configs.sd15!;
  expect(createScheduler(config, "dpm++2m karras").name).toBe("DPMSolverMultistepScheduler");
  expect(createScheduler(config, " EULER  A").name).toBe("EulerAncestralDiscreteScheduler");
  expect(createScheduler(config, "HeunDiscreteScheduler").name).toBe("HeunDiscreteScheduler");
  expect(createScheduler(config, "Default").name).toBe("PNDMScheduler");
});

test("an unknown sampler is refused with the list", () => {
  expect(() => createScheduler(golden.configs.sd15!, "toString")).toThrow(
    expect.objectContaining({
      code: "INVALID_INPUT",
      param: "sampler",
      message: expect.stringContaining(Object.keys(samplers).join(", ")),
    }),
  );
});

test("a model that flows takes its own sampler alone, and no other model takes that", () => {
  const refusal = expect.objectContaining({ code: "UNSUPPORTED", param: "sampler" });
  expect(() => createScheduler(golden.configs.sd3!, "Euler")).toThrow(refusal);
  expect(() => createScheduler(golden.configs.sd15!, "FlowMatchEuler")).toThrow(refusal);
  expect(createScheduler(golden.configs.sd3!, "FlowMatchEuler").prediction).toBe("flow");
});

test("a checkpoint whose class is unknown is UNSUPPORTED until another sampler is asked for", () => {
  const config = { ...golden.configs.sd15, _class_name: "ScoreSdeVeScheduler" };
  expect(() => createScheduler(config)).toThrow(/ScoreSdeVeScheduler/);
  expect(createScheduler(config, "Euler").name).toBe("EulerDiscreteScheduler");
  expect(() => createScheduler({})).toThrow(expect.objectContaining({ code: "LOAD_FAILED" }));
});

test.each([0, 1.5, -1, 1001, Number.NaN])("%s steps are refused", (steps) => {
  expect(() => createScheduler(golden.configs.turbo!).schedule({ steps, size })).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", param: "steps" }),
  );
});

test("a schedule that passes the last training timestep is refused", () => {
  const scheduler = createScheduler(golden.configs.sd15!, "DDIM");
  expect(() => scheduler.schedule({ steps: 1000, size })).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", param: "steps" }),
  );
});

test.each([0, -0.1, 1.1, Number.NaN, 0.05])("strength %s of 10 steps is refused", (strength) => {
  const scheduler = createScheduler(golden.configs.sd15!, "Euler");
  expect(() => scheduler.schedule({ steps: 10, size, strength })).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", param: "strength" }),
  );
});

test("steps that do not divide the schedule end at its end, not before its beginning", () => {
  const { timesteps } = createScheduler(golden.configs.turbo!).schedule({ steps: 61, size });
  expect(timesteps).toHaveLength(61);
  expect(timesteps.at(-1)).toBeGreaterThan(0);
});

/** Fields that have no effect in diffusers either, or only together with others that are refused. */
const idle = new Set([
  "dynamic_thresholding_ratio",
  "sample_max_value",
  "flow_shift",
  "time_shift_type",
  "base_shift",
  "max_shift",
  "base_image_seq_len",
  "max_image_seq_len",
]);
const idleInLcm = new Set(["set_alpha_to_one", "steps_offset", "timestep_spacing"]);

const options = Object.entries(golden.options).flatMap(([name, fields]) =>
  fields
    .filter((field) => !idle.has(field) && !(name === "LCMScheduler" && idleInLcm.has(field)))
    .map((field) => ({ name, field })),
);
const values = [
  true,
  false,
  0.3,
  30,
  "leading",
  "trailing",
  "sigma_min",
  "heun",
  "bh1",
  [0, 1],
  Array(1000).fill(3e-3),
];
const bases = [
  { clip_sample: true, timestep_spacing: "leading" },
  { use_karras_sigmas: true, final_sigmas_type: "sigma_min", lower_order_final: true },
  { final_sigmas_type: "sigma_min", lower_order_final: false },
];

test.each(options)("$name does not ignore $field", ({ name, field }) => {
  const step = (config: SchedulerConfig) =>
    String(run({ config: { _class_name: name, ...config }, sampler: name, steps: 8 }).path.at(-1));
  const acts = bases.some((base) =>
    values.some((value) => {
      try {
        return step({ ...base, [field]: value }) !== step(base);
      } catch (error) {
        return (
          isKernelError(error) && error.code === "UNSUPPORTED" && error.message.includes(field)
        );
      }
    }),
  );
  expect(acts).toBe(true);
});
