import type { ModelInfo } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";

/** What Xinference calls a model's name: that of the published or the registered model that was launched, or else the id. */
export function modelName(model: ModelInfo, registry?: Pick<ModelRegistry, "launchedAs">): string {
  return model.checkpoint ?? registry?.launchedAs(model) ?? model.id;
}
