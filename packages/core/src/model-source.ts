import type { ModelFolder } from "./family.ts";
import type { Call } from "./pipeline.ts";

/** Turns a name into a folder: a path as it is; later, downloads. */
export interface ModelSource {
  resolve(name: string, call: Call<Progress>): Promise<ModelFolder>;
}

export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}
