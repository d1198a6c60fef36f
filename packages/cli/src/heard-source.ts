import type { FoundModel, ModelSource } from "@kindred/core";

/** Hears what a source finds and fetches. */
export interface SourceListener {
  /** Default: nobody hears of it. */
  readonly found?: (source: string, model: FoundModel) => void;
  /** Hears of files that are there now. Default: nobody hears of it. */
  readonly fetched?: (source: string, model: FoundModel, files: readonly string[]) => void;
}

/** A source whose models a listener hears of. */
export function heardSource(source: ModelSource, listener: SourceListener): ModelSource {
  return {
    async find(name, call) {
      const model = await source.find(name, call);
      listener.found?.(name, model);
      return {
        ...model,
        async fetch(files, fetching) {
          const folder = await model.fetch(files, fetching);
          listener.fetched?.(name, model, files);
          return folder;
        },
      };
    },
  };
}
