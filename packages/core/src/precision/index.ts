export { graphInPrecision, quantizedStore } from "./graph-in-precision.ts";
export { QuantizedStore } from "./quantized-store.ts";
export type { QuantizedStoreOptions } from "./quantized-store.ts";
