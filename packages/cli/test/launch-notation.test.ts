import { expect, test } from "vitest";
import { inCommandLine } from "../src/launch-notation.ts";

test.each([
  [
    'Launch it with family: "one" or family: "sd-turbo".',
    "Launch it with ID=PATH#one or ID=PATH#sd-turbo.",
  ],
  [
    'Launch it with one of them: options: { onnx: "onnx/model_fp16.onnx" }.',
    "Launch it with one of them: --option ID.onnx=onnx/model_fp16.onnx.",
  ],
  [
    'Launch that with options: { controlnet: { "zoe-depth": "models/zoe depth" } }:',
    "Launch that with --controlnet zoe-depth=models/zoe depth:",
  ],
  [
    "Send truncate: true, or launch the model with options: { truncate: true }.",
    "Send truncate: true, or launch the model with --option ID.truncate=true.",
  ],
  [
    "image is missing. Send a picture: an upload, or in JSON a data URL.",
    "image is missing. Send a picture: a file, as FIELD=@PATH.",
  ],
  [
    "Give it more memory, or serve a smaller model.",
    "Give it more --memory, or serve a smaller model.",
  ],
  ['The family "one" has no option.', 'The family "one" has no option.'],
])("%s", (message, typed) => {
  expect(inCommandLine(message)).toBe(typed);
});
