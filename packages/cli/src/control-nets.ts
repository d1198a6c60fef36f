import { homedir } from "node:os";
import type { Launch } from "@kindred/core";
import { UsageError } from "./usage.ts";

const example = "canny=models/sd-controlnet-canny";

/** The launches with the ControlNets of `--controlnet [ID.]NAME=PATH`. The id may be left out where one model is launched. */
export function withControlNets(
  launches: readonly Launch[],
  flags: readonly string[],
): readonly Launch[] {
  return flags.reduce<readonly Launch[]>((all, flag) => {
    const owner = ownerOf(flag, all);
    const named = flag.startsWith(`${owner.id}.`) ? flag.slice(owner.id.length + 1) : flag;
    return all.map((each) => (each === owner ? withControlNet(each, named, flag) : each));
  }, launches);
}

/** Ids may have dots, so the longest that fits is meant. */
function ownerOf(flag: string, launches: readonly Launch[]): Launch {
  const [owner] = launches
    .filter(({ id }) => flag.startsWith(`${id}.`))
    .toSorted((a, b) => b.id.length - a.id.length);
  if (owner) return owner;
  const [only, ...others] = launches;
  if (only && others.length === 0) return only;
  const ids = launches.map(({ id }) => `"${id}"`).join(", ");
  throw new UsageError(
    `--controlnet ${flag} names no model. Write ID.NAME=PATH with one of these ids: ${ids}.`,
  );
}

function withControlNet(launch: Launch, named: string, flag: string): Launch {
  const equals = named.indexOf("=");
  const name = named.slice(0, equals);
  const path = named.slice(equals + 1).replace(/^~(?=[\\/]|$)/, homedir());
  if (equals < 1 || path === "")
    throw new UsageError(`--controlnet must be NAME=PATH, as in ${example}, not "${flag}".`);
  if (!/^[a-z0-9][\w.-]*$/i.test(name))
    throw new UsageError(
      `--controlnet has "${name}" for a name, which must be of letters, digits, dots, - and _, as in ${example}.`,
    );
  const { controlnet = {}, ...options } = launch.options ?? {};
  if (typeof controlnet !== "object" || controlnet === null || Array.isArray(controlnet))
    throw new UsageError(
      `--controlnet ${flag} is beside --option ${launch.id}.controlnet. Use one.`,
    );
  if (Object.hasOwn(controlnet, name))
    throw new UsageError(`--controlnet ${name} is given twice. Give one of them another name.`);
  return { ...launch, options: { ...options, controlnet: { ...controlnet, [name]: path } } };
}
