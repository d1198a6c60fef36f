import { unlessAborted } from "../errors.ts";
import type { LoadContext } from "../family.ts";
import type { Launch } from "../launch.ts";
import type { LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import type { Services } from "../plugins/container.ts";
import { modelSource } from "../services.ts";
import { launchListing } from "./launch-listing.ts";
import { withStrangeFiles } from "./with-strange-files.ts";

/** `LoadContext.attach` of a launch: finds and fetches another model during its load. `attached` hears of its source. */
export function attachTo(
  launch: Launch,
  services: Services,
  call: Call<LoadProgress>,
  attached: (source: string) => void,
): LoadContext["attach"] {
  return async (source, files) => {
    attached(source);
    const finding = services.get(modelSource).find(source, call);
    const found = await unlessAborted(finding, call.signal);
    try {
      const listing = launchListing(found, launch);
      const chosen = files(listing);
      const path = await unlessAborted(found.fetch(chosen, call), call.signal);
      return { ...listing, files: chosen, path };
    } catch (error) {
      throw withStrangeFiles(error, found);
    }
  };
}
