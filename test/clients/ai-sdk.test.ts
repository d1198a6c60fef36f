import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embed, embedMany } from "ai";
import { aiSdk } from "./ai-sdk.ts";

aiSdk("AI SDK 6", { createOpenAICompatible, embed, embedMany });
