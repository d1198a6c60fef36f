import type { TensorType } from "../graph.ts";

/** ONNX's numbers of element types: TensorProto.DataType of onnx.proto. */
export const elementTypes: Readonly<Record<TensorType | "int8" | "float16" | "bfloat16", number>> =
  {
    float32: 1,
    uint8: 2,
    int8: 3,
    int32: 6,
    int64: 7,
    bool: 9,
    float16: 10,
    bfloat16: 16,
  };
