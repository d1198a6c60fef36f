import { expect, test } from "vitest";
import type { SchedulerConfig } from "../src/schedulers/config.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import { samplers } from "../src/schedulers/names.ts";
import type { Scheduler } from "../src/schedulers/scheduler.ts";
import { schedulerChecks } from "../src/testing/scheduler-checks.ts";
import { golden } from "./schedulers-golden.ts";

const names = [
  "DDPMScheduler",
  ...Object.keys(samplers).filter((name) => name !== "FlowMatchEuler"),
];
/** PNDM extrapolates velocities as they are, and they change even while image and noise do not. */
const lawless = "PNDM over sd21";

const subjects: { name: string; config: SchedulerConfig; sampler: string }[] = [
  ...names.flatMap((sampler) =>
    ["sd15", "sd21", "turbo", "sdxl"].map((config) => ({
      name: `${sampler} over ${config}`,
      config: golden.configs[config]!,
      sampler,
    })),
  ),
  ...["linear", "bounded", "bh1", "bh2", "sd3"].map((config) => ({
    name: `${config}'s own`,
    config: golden.configs[config]!,
    sampler: "default",
  })),
];

const cases = subjects
  .filter(({ name }) => name !== lawless)
  .flatMap(({ name, config, sampler }) =>
    schedulerChecks(() => createScheduler(config, sampler)).map((check) => ({
      name: `${name}: ${check.name}`,
      run: check.run,
    })),
  );

test.each(cases)("$name", async ({ run }) => {
  await run();
});

test("a scheduler that stops short of its last level breaks the law", async () => {
  const scheduler = createScheduler(golden.configs.sd15!, "Euler");
  const short: Scheduler = {
    ...scheduler,
    schedule(request) {
      const schedule = scheduler.schedule(request);
      return {
        ...schedule,
        timesteps: schedule.timesteps.slice(0, -1),
        level: (i) => schedule.level(i === request.steps - 1 ? i + 1 : i),
      };
    },
  };
  expect(await failures(short)).toContain(
    "with a perfect denoiser the noise shrinks to the last level's",
  );
});

test("a scheduler whose pictures share history is found out", async () => {
  const scheduler = createScheduler(golden.configs.sd15!, "Euler");
  let shared = 0;
  const leaking: Scheduler = {
    ...scheduler,
    schedule(request) {
      const schedule = scheduler.schedule(request);
      return {
        ...schedule,
        start(noise) {
          const sampling = schedule.start(noise);
          return {
            step(output, latent, i) {
              const step = sampling.step(output, latent, i);
              return { ...step, latent: step.latent.map((value) => value + 1e-9 * shared++) };
            },
          };
        },
      };
    },
  };
  expect(await failures(leaking)).toContain("pictures made at once do not disturb each other");
});

async function failures(scheduler: Scheduler): Promise<string[]> {
  const failed: string[] = [];
  for (const check of schedulerChecks(() => scheduler))
    await check.run().catch(() => failed.push(check.name));
  return failed;
}
