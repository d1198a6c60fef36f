import { aiSdk } from "../ai-sdk.ts";
import type { Sdk } from "../ai-sdk.ts";
import { installed } from "./installed.ts";

const ai = await installed<Pick<Sdk, "embed" | "embedMany">>("ai");
const provider =
  ai && (await installed<Pick<Sdk, "createOpenAICompatible">>("@ai-sdk/openai-compatible"));
aiSdk("AI SDK 7", ai && provider && { ...ai, ...provider });
