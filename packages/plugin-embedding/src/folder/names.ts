import type { ModelListing } from "@kindred/core";

/** What a folder may be called: its id, its directory or repository in Hugging Face's cache, and what `config.json` says it was. */
export function namesOf(model: ModelListing): readonly string[] {
  const original: unknown = model.json("config.json")?._name_or_path;
  const names = [...model.names, original];
  return names.filter((name) => typeof name === "string" && name !== "") as string[];
}
