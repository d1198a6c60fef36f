import { isDeepStrictEqual } from "node:util";
import { KernelError, shorten } from "../errors.ts";
import type { Launch } from "../launch.ts";
import { suggestion } from "../suggestion.ts";
import { told } from "../shared/told.ts";
import { isJsonObject } from "../json-object.ts";

interface Field {
  /** The demand in words, for a message. */
  readonly words: string;
  is(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const text: Field = { words: "a text that is not empty", is: isText };

const required: ReadonlyMap<string, Field> = new Map([
  ["id", text],
  ["source", text],
]);

const optional: ReadonlyMap<string, Field> = new Map([
  ["family", text],
  [
    "prefer",
    {
      words: 'a list of device ids or providers such as ["cuda", "cpu"]',
      is: (value) => Array.isArray(value) && value.every(isText),
    },
  ],
  [
    "replicas",
    {
      words: "a whole number of 1 or more",
      is: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    },
  ],
  [
    "keepAlive",
    {
      words: "a number of seconds, 0 or more",
      is: (value) => typeof value === "number" && value >= 0,
    },
  ],
  [
    "loadTimeout",
    {
      words: "a number of seconds above 0",
      is: (value) => typeof value === "number" && value > 0,
    },
  ],
  [
    "runTimeout",
    {
      words: "a number of seconds above 0",
      is: (value) => typeof value === "number" && value > 0,
    },
  ],
  [
    "onChange",
    {
      words: '"refuse" or "reload"',
      is: (value) => value === "refuse" || value === "reload",
    },
  ],
  ["optional", { words: "true or false", is: (value) => typeof value === "boolean" }],
  ["options", { words: "an object of the family's options", is: isJsonObject }],
]);

/** INVALID_INPUT, with the field at fault as `param`, for what is no launch: callers without types send it. `where` names the launch. */
export function checkLaunch(launch: unknown, where: string = "launch"): void {
  if (!isJsonObject(launch))
    throw invalid(
      `The ${where} must be an object such as ${example}, not ${told(launch)}.`,
      "launch",
    );
  for (const [name, field] of required) {
    const value = launch[name];
    if (value === undefined) throw invalid(`The ${where} has no ${name}. Write ${example}.`, name);
    if (!field.is(value))
      throw invalid(`The ${where}'s ${name} must be ${field.words}, not ${told(value)}.`, name);
  }
  for (const [name, value] of Object.entries(launch)) {
    const field = optional.get(name);
    if (!field && !required.has(name)) {
      const known = suggestion(name, [...required.keys(), ...optional.keys()]);
      throw invalid(
        `The ${where} has "${shorten(name, 40)}", which no launch has.${known} A family's own options are in "options".`,
        name,
      );
    }
    if (field && value !== undefined && !field.is(value)) {
      throw invalid(`The ${where}'s ${name} must be ${field.words}, not ${told(value)}.`, name);
    }
  }
}

/** INVALID_INPUT, with the field at fault as `param`, for changes that no launch could have. */
export function checkChanges(changes: object): void {
  for (const [name, value] of Object.entries(changes)) {
    const field = changeable.has(name) ? optional.get(name) : undefined;
    if (!field) {
      const names = [...changeable].join(" and ");
      throw invalid(
        `${shorten(name, 40)} cannot be changed while a model is served; ${names} can.`,
        name,
      );
    }
    if (value !== undefined && !field.is(value))
      throw invalid(`${name} must be ${field.words}, not ${told(value)}.`, name);
  }
}

const changeable: ReadonlySet<string> = new Set(["keepAlive", "replicas"]);

/** What `checkLaunch` refuses, for a list in which two launches of one id must be the same. */
export function checkLaunches(launches: unknown): void {
  if (!Array.isArray(launches)) {
    throw invalid(`models must be a list of launches, not ${told(launches)}.`, "models");
  }
  const known = new Map<unknown, Launch>();
  for (const [i, launch] of (launches as readonly Launch[]).entries()) {
    checkLaunch(launch, `launch models[${i}]`);
    const other = known.get(launch.id) ?? launch;
    known.set(launch.id, launch);
    if (!isDeepStrictEqual(other, launch)) {
      throw invalid(
        `models[${i}] has the id "${launch.id}" of another launch. Give each an id of its own.`,
        "id",
      );
    }
  }
}

const example = '{ id: "bge", source: "./models/bge" }';

function invalid(message: string, param: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
