import type { FoundModel, LoadProgress, ModelSource } from "@kindred/core";

/** Hears of one download, and tells it. */
export interface DownloadAnnouncer {
  /** Files of a model are about to be fetched. Default: nothing is said before. */
  begins?(source: string, found: FoundModel, files: readonly string[]): Promise<void>;
  progressed(progress: LoadProgress): void;
  /** It is over, `isWhole` unless it failed. Default: nothing is said after. */
  ended?(isWhole: boolean): void;
}

/** A source whose downloads announcers hear of, a new one for each. */
export function announcedSource(
  source: ModelSource,
  announcer: () => DownloadAnnouncer,
): ModelSource {
  return {
    async find(name, call) {
      const found = await source.find(name, call);
      return {
        ...found,
        async fetch(files, fetching) {
          const announce = announcer();
          await announce.begins?.(name, found, files);
          let isWhole = false;
          try {
            const folder = await found.fetch(files, {
              ...fetching,
              onEvent(progress) {
                announce.progressed(progress);
                fetching.onEvent(progress);
              },
            });
            isWhole = true;
            return folder;
          } finally {
            announce.ended?.(isWhole);
          }
        },
      };
    },
  };
}
