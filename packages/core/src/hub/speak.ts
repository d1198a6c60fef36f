import type { Hub, HubName } from "./hub-name.ts";
import type { HubProtocol } from "./hub-protocol.ts";
import type { HubSettings } from "./hub-settings.ts";
import { HuggingFace } from "./hugging-face.ts";
import { huggingFaceSettings } from "./hugging-face-settings.ts";
import { ModelScope } from "./model-scope.ts";
import { modelScopeSettings } from "./model-scope-settings.ts";

/** A hub's protocol for one name. */
export function speak(hub: Hub, name: HubName, env: NodeJS.ProcessEnv): HubProtocol {
  return hub === "modelscope"
    ? new ModelScope(name, modelScopeSettings(env))
    : new HuggingFace(name, huggingFaceSettings(env));
}

/** A hub's settings in the environment. */
export function settingsOf(hub: Hub, env: NodeJS.ProcessEnv): HubSettings {
  return hub === "modelscope" ? modelScopeSettings(env) : huggingFaceSettings(env);
}
