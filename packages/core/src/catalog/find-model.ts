import { unlessAborted } from "../errors.ts";
import type { Launch } from "../launch.ts";
import type { FoundModel, LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { modelSource } from "../services.ts";
import type { Surroundings } from "./load-model.ts";
import { withPublished } from "./with-published.ts";

/** Has the model source find a launch's model. */
export async function findModel(
  { source }: Launch,
  { services, families }: Surroundings,
  call: Call<LoadProgress>,
): Promise<FoundModel> {
  const finding = services.get(modelSource).find(source, call);
  return unlessAborted(finding, call.signal).catch((error: unknown) => {
    throw withPublished(error, families, source);
  });
}
