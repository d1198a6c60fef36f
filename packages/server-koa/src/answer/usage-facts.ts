import type { Usage } from "@kindred/core";

/** What a call took, for its request's line in the log: its counts, and the whole milliseconds of the stages that it had. */
export function usageFacts({ milliseconds, ...counts }: Usage): Readonly<Record<string, number>> {
  const stages = Object.entries(milliseconds).map(([stage, time]) => [
    `${stage}Milliseconds`,
    Math.round(time),
  ]);
  return { ...counts, ...Object.fromEntries(stages.filter(([, time]) => time !== 0)) };
}
