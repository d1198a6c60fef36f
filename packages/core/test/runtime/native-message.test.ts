import { expect, test } from "vitest";
import { withoutCode } from "../../src/runtime/native-message.ts";

/** As onnxruntime 1.30 says them on Linux, and one as on Windows. */
test.each([
  [
    "/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*, const onnxruntime::logging::Logger&, const onnxruntime::ModelOptions&) Unsupported model IR version: 99, max supported IR version: 13",
    "Unsupported model IR version: 99, max supported IR version: 13",
  ],
  [
    "Exception during initialization: /onnxruntime_src/onnxruntime/core/optimizer/initializer.cc:51 onnxruntime::Initializer::Initializer(const onnx::TensorProto&, const std::filesystem::__cxx11::path&) [ONNXRuntimeError] : 1 : FAIL : tensorprotoutils.cc:1763 GetExtDataFromTensorProto External initializer: w offset: 0 size to read: 16 given file_length: 15 are out of bounds",
    "Exception during initialization: External initializer: w offset: 0 size to read: 16 given file_length: 15 are out of bounds",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 4096",
    "Failed to allocate memory for requested buffer of size 4096",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/x.cc:7 onnxruntime::common::Status onnxruntime::(anonymous namespace)::Load(std::function<void (int)>, const T&) const [with T = int] it failed",
    "it failed",
  ],
  [
    "Non-zero status code returned while running MatMul node. Name:'m' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch",
    "Non-zero status code returned while running MatMul node. Name:'m' Status Message: MatMul dimension mismatch",
  ],
  [
    "D:\\a\\_work\\1\\s\\onnxruntime\\core\\graph\\model.cc:202 onnxruntime::Model::Model Unsupported model IR version: 99 (at most 13)",
    "Unsupported model IR version: 99 (at most 13)",
  ],
  [
    "Invalid rank for input: t Got: 1 Expected: 2 Please fix either the inputs/outputs or the model.",
    "Invalid rank for input: t Got: 1 Expected: 2 Please fix either the inputs/outputs or the model.",
  ],
])("%s", (message, told) => {
  expect(withoutCode(message)).toBe(told);
});
