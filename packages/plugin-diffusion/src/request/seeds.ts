import { randomInt } from "node:crypto";
import { KernelError, shorten } from "@kindred/core";
import type { ImageRequest } from "../task.ts";

/** Asks for a random seed, as in AUTOMATIC1111's web UI, ComfyUI and Xinference. */
const random = -1;
/** Room for the seeds of the pictures that follow. */
const maxSeed = Number.MAX_SAFE_INTEGER - 10_000;
const allowed = `an integer from 0 to ${maxSeed}, or ${random} for a random one`;

/** Whether a value is a seed: an integer from 0 on that numbers hold exactly, or -1 for a random one. */
export function isSeed(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= random && Number(value) <= maxSeed;
}

const oneSeed = { type: "integer", minimum: random, maximum: maxSeed } as const;

/** The JSON Schema of a request's seed, or of its seeds. */
export const seedSchema: Readonly<Record<string, unknown>> = {
  anyOf: [oneSeed, { type: "array", minItems: 1, items: oneSeed }],
};

/** Says what a seed may be, and what it was. */
export function seedFault(found: unknown): string {
  return `must be ${allowed}, or a list of one for each picture, not ${shorten(JSON.stringify(found) ?? String(found), 40)}`;
}

/**
 * The seeds of `count` pictures. A single seed counts on with each picture, and so does the last of a list that is too
 * short. INVALID_INPUT on `seed` for a list that is empty or too long, and for what is no seed.
 */
export function seedsOf(seed: ImageRequest["seed"], count: number): readonly number[] {
  const given = seed === undefined ? [random] : [seed].flat();
  if (given.length === 0 || !given.every(isSeed)) throw refused(`seed ${seedFault(seed)}.`);
  if (given.length > count)
    throw refused(
      `seed has ${given.length} seeds for ${count === 1 ? "one picture" : `${count} pictures`}. Send at most one for each picture.`,
    );
  const first = given.map((each) => (each === random ? randomInt(2 ** 32) : each));
  const last = first.length - 1;
  return Array.from({ length: count }, (_, i) => first[i] ?? first[last]! + i - last);
}

function refused(message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param: "seed" });
}
