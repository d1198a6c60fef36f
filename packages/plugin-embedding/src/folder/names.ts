import { basename } from "node:path";
import { cachedRepo } from "@kindred/core";
import type { ModelFolder } from "@kindred/core";

/** What a folder may be called: its id, its directory or repository in Hugging Face's cache, and what `config.json` says it was. */
export function namesOf(model: ModelFolder): readonly string[] {
  const original: unknown = model.json("config.json")?._name_or_path;
  const names = [model.id, basename(model.path), cachedRepo(model.path), original];
  return names.filter((name) => typeof name === "string" && name !== "") as string[];
}
