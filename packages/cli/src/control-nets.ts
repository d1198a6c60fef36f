import { isJsonObject } from "@kindred/core";
import type { Launch } from "@kindred/core";
import { homePath } from "@kindred/core/hub";
import { launchOwner, ownerless } from "./launch-owner.ts";
import { UsageError } from "./usage-error.ts";

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

/** The launch that a flag's value names, or the only one. */
function ownerOf(flag: string, launches: readonly Launch[]): Launch {
  const [only, ...others] = launches;
  const owner = launchOwner(flag, launches) ?? (others.length === 0 ? only : undefined);
  if (owner) return owner;
  throw ownerless(`--controlnet ${flag}`, "ID.NAME=PATH", launches);
}

function withControlNet(launch: Launch, named: string, flag: string): Launch {
  const equals = named.indexOf("=");
  const name = named.slice(0, equals);
  const path = homePath(named.slice(equals + 1));
  if (equals < 1 || path === "")
    throw new UsageError(`--controlnet must be NAME=PATH, as in ${example}, not "${flag}".`);
  if (!/^[a-z0-9][\w.-]*$/i.test(name))
    throw new UsageError(
      `--controlnet has "${name}" for a name, which must be of letters, digits, dots, - and _, as in ${example}.`,
    );
  const { controlnet = {}, ...options } = launch.options ?? {};
  if (!isJsonObject(controlnet))
    throw new UsageError(
      `--controlnet ${flag} is beside --option ${launch.id}.controlnet. Use one.`,
    );
  if (Object.hasOwn(controlnet, name))
    throw new UsageError(`--controlnet ${name} is given twice. Give one of them another name.`);
  return { ...launch, options: { ...options, controlnet: { ...controlnet, [name]: path } } };
}
