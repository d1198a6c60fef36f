export { createApp } from "./app.ts";
export type { BodyLimits } from "./body.ts";
export { openai } from "./openai.ts";
export type { OpenAIOptions } from "./openai.ts";
export { serve } from "./serve.ts";
export type { ServeOptions, Serving } from "./serve.ts";
