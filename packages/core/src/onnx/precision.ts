import { KernelError } from "../errors.ts";
import { elementTypes } from "./element-type.ts";

/** A type that an open graph holds its weights in. float32 is the only one today. */
export type Precision = "float32";

/** How a graph holds one element of a weight. */
export interface HeldType {
  /** ONNX's number of the type. */
  readonly elementType: number;
  readonly bytes: number;
}

const heldTypes: Readonly<Record<Precision, HeldType>> = {
  float32: { elementType: elementTypes.float32, bytes: 4 },
};

/** How weights of this precision are held. UNSUPPORTED for a name that came from an untyped launch option. */
export function heldType(precision: Precision): HeldType {
  if (Object.hasOwn(heldTypes, precision)) return heldTypes[precision];
  const names = Object.keys(heldTypes).join(", ");
  throw new KernelError(
    "UNSUPPORTED",
    `Weights cannot be held as "${precision}". Choose one of: ${names}.`,
  );
}
