import { nearest } from "@kindred/core";
import { UsageError } from "../usage-error.ts";
import { settings } from "./settings.ts";
import type { NamedSetting } from "./setting.ts";
import type { Written } from "./written.ts";

/** The variable that names the configuration file. */
export const fileVariable = "KINDRED_CONFIG";

/** The settings of an environment. UsageError for a variable that is set and empty: a key that is meant to be there would leave a server open. */
export function readVariables(env: NodeJS.ProcessEnv): readonly Written[] {
  return settings.flatMap((setting): readonly Written[] => {
    const { variable } = setting;
    const text = env[variable];
    if (text === undefined) return [];
    if (text === "") throw new UsageError(`${variable} is empty. Give it a value, or unset it.`);
    if (variable === "KINDRED_PORT" && text.startsWith("tcp://")) throw serviceLink(text);
    return [{ setting, value: valueOf(setting, text), from: variable, where: variable }];
  });
}

/** For each variable that is nearly called as one of these settings, a sentence. Others of that prefix may be anybody's. */
export function strangeVariables(env: NodeJS.ProcessEnv): readonly string[] {
  const known = [...settings.map(({ variable }) => variable), fileVariable];
  return Object.keys(env)
    .filter((name) => name.startsWith("KINDRED_") && !known.includes(name))
    .flatMap((name) => {
      const near = nearest(name, known);
      return near === "" ? [] : `The variable ${name} sets nothing.${near}`;
    });
}

function valueOf({ form, isSecret }: NamedSetting, text: string): unknown {
  if (form !== "list") return text;
  // A key may have commas.
  return isSecret ? [text] : text.split(",").map((each) => each.trim());
}

function serviceLink(text: string): UsageError {
  return new UsageError(
    `KINDRED_PORT is "${text}", which Kubernetes sets beside a service called kindred. Set enableServiceLinks: false in the pod, and KINDRED_PORT to a number or not at all.`,
  );
}
