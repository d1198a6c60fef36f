import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { repoOf } from "@kindred/core";
import type { Launch } from "@kindred/core";
import { homePath, hubName } from "@kindred/core/hub";
import { demoModels } from "@kindred/demo-models";
import type { Effective } from "./configuration/config.ts";
import { withControlNets } from "./control-nets.ts";
import { launchOwner, ownerless } from "./launch-owner.ts";
import { UsageError } from "./usage-error.ts";
import { parseValue } from "./value.ts";

/** The flags that say how models are launched. */
export const launchFlags: {
  readonly option: LaunchFlag;
  readonly controlnet: LaunchFlag;
} = {
  option: { type: "string", multiple: true, default: [] },
  controlnet: { type: "string", multiple: true, default: [] },
};

interface LaunchFlag {
  readonly type: "string";
  readonly multiple: true;
  readonly default: string[];
}

export interface LaunchFlags {
  readonly option?: readonly string[];
  readonly controlnet?: readonly string[];
}

/**
 * The launches of `--model ID=PATH[#FAMILY]`, `--option ID.KEY=VALUE` and `--controlnet [ID.]NAME=PATH`. Without a model, the demo
 * models are launched.
 */
export function parseLaunches(
  models: readonly (string | Launch)[],
  { option: options = [], controlnet = [] }: LaunchFlags = {},
): readonly Launch[] {
  const launches = new Map<string, Launch>();
  for (const launch of models.length > 0 ? models.map(launchOf) : demoModels) {
    if (launches.has(launch.id)) {
      throw new UsageError(
        `Two models are called "${launch.id}". Give one another name: --model ID=PATH.`,
      );
    }
    launches.set(launch.id, launch);
  }
  for (const text of options) {
    const all = [...launches.values()];
    const launch = launchOwner(text, all);
    if (!launch) throw ownerless(`--option ${text}`, "ID.KEY=VALUE", all);
    launches.set(launch.id, withOption(launch, text.slice(launch.id.length + 1)));
  }
  return withControlNets([...launches.values()], controlnet);
}

/** The launches of the settings. */
export function configuredLaunches(settings: Effective): readonly Launch[] {
  const { models = [], options = [], controlNets = [] } = settings;
  return parseLaunches(models, { option: options, controlnet: controlNets });
}

function launchOf(model: string | Launch): Launch {
  return typeof model === "string" ? parseModel(model) : model;
}

/** Begins like a path rather than an id: with "/", ".", "~", "\" or a drive. */
const pathLike = /^(?:[/.~\\]|[a-z]:[\\/])/i;

/**
 * Parses `ID=PATH` or `PATH`, either with `#FAMILY`; or a demo model's id, unless there is a folder of that name. A name on Hugging
 * Face may take the place of a path.
 */
export function parseModel(text: string): Launch {
  const demo = demoModels.find(({ id }) => id === text);
  if (demo && !existsSync(text)) return demo;
  const equals = pathLike.test(text) ? -1 : text.indexOf("=");
  const [, path = "", family] = /^(.*?)(?:#([a-z0-9-]+))?$/s.exec(text.slice(equals + 1)) ?? [];
  const source = homePath(path);
  const id = equals < 0 ? nameOf(source) : text.slice(0, equals);
  if (!id || !source) {
    throw new UsageError(`--model must be ID=PATH or PATH, not "${text}".`);
  }
  return { id, source, ...(family !== undefined && { family }) };
}

/** Endings of files that are a whole model, or are refused as what they are. */
const modelFile = /\.(safetensors|ckpt|pt|pth|bin|gguf)$/i;

/** The name of the folder, or of the file without its ending; on Hugging Face and in its cache the repository's. */
function nameOf(source: string): string {
  const named = existsSync(source) ? undefined : hubName(source)?.repo;
  return named ?? repoOf(source) ?? basename(resolve(source)).replace(modelFile, "");
}

function withOption(launch: Launch, option: string): Launch {
  const equals = option.indexOf("=");
  if (equals < 1) {
    throw new UsageError(`--option ${launch.id}.${option} has no value. Write ID.KEY=VALUE.`);
  }
  const key = option.slice(0, equals);
  const text = option.slice(equals + 1);
  if (key === "prefer") return { ...launch, prefer: text.split(",") };
  const wanted = amounts.get(key);
  if (wanted) return { ...launch, [key]: amount(key, text, wanted) };
  if (key === "onChange") return { ...launch, onChange: onChange(text) };
  return { ...launch, options: { ...launch.options, [key]: parseValue(text) } };
}

function onChange(text: string): "refuse" | "reload" {
  if (text === "refuse" || text === "reload") return text;
  throw new UsageError(`onChange must be refuse or reload, not "${text}".`);
}

interface Amount {
  readonly words: string;
  is(value: number): boolean;
}

/** Numbers that every launch may have. */
const amounts: ReadonlyMap<string, Amount> = new Map([
  ["keepAlive", { words: "a number of seconds, 0 or more", is: (value: number) => value >= 0 }],
  ["loadTimeout", { words: "a number of seconds above 0", is: (value: number) => value > 0 }],
  ["runTimeout", { words: "a number of seconds above 0", is: (value: number) => value > 0 }],
  [
    "replicas",
    {
      words: "a whole number, 1 or more",
      is: (value: number) => Number.isInteger(value) && value > 0,
    },
  ],
]);

function amount(key: string, text: string, { words, is }: Amount): number {
  const value = Number(text);
  if (is(value) && text !== "") return value;
  throw new UsageError(`${key} must be ${words}, not "${text}".`);
}
