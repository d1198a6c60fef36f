export { CountingRuntime } from "./counting-runtime.ts";
export { fakeRuntime } from "./fake-runtime.ts";
export type { FakeRun, FakeRuntime } from "./fake-runtime.ts";
export { pluginChecks } from "./plugin-checks.ts";
export type { Check, PluginCheckOptions } from "./plugin-checks.ts";
export { synthesize } from "./synthetic.ts";
export type { SynthesizeOptions } from "./synthetic.ts";
export type { FloatType, SyntheticTensor } from "./synthetic-fill.ts";
export { fill } from "./synthetic-fill.ts";
