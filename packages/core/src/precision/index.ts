export { graphInPrecision, quantizedStore } from "./graph-in-precision.ts";
export { precisionThatFits } from "./precision-that-fits.ts";
export type { Fitting } from "./precision-that-fits.ts";
export { QuantizedStore } from "./quantized-store.ts";
export type { QuantizedStoreOptions } from "./quantized-store.ts";
