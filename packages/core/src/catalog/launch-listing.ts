import type { LaunchListing } from "../family.ts";
import type { Launch } from "../launch.ts";
import type { ModelListing } from "../model-source.ts";

/** A source's answer under the launch's id. The source may be an instance of a class, so its methods stay its own. */
export function launchListing(source: ModelListing, { id }: Pick<Launch, "id">): LaunchListing {
  return {
    id,
    names: source.names,
    files: source.files,
    json: (file) => source.json(file),
    ...(source.header && { header: (file: string) => source.header!(file) }),
  };
}
