import { KernelError } from "@kindred/core";
import { encoderSource, onlyExport } from "@kindred/text-encoders";
import type {
  EncoderChoice,
  EncoderSource,
  ModelConfig,
  TransformerFolder,
} from "@kindred/text-encoders";
import { classifiers } from "../graphs/classifier.ts";
import type { Classifier } from "../graphs/classifier.ts";

/**
 * A folder's encoder, whose graph is built where its class has a classifier here. Others are served from an ONNX export. LOAD_FAILED says
 * what the folder is when it can be neither.
 */
export function crossEncoderSource(
  transformer: TransformerFolder,
  { architectures, onnx }: Pick<EncoderChoice, "architectures" | "onnx">,
): EncoderSource {
  const config = transformer.json("config.json") ?? {};
  const classifier = classifierOf(config);
  const source = encoderSource(transformer, {
    architectures,
    onnx: onnx ?? (classifier ? undefined : onlyExport(transformer)),
    task: "sequence-classification",
  });
  if (source.kind === "built" && !classifier) throw unknownClass(config);
  return source;
}

/** The classifier of the class that a folder was saved as; undefined when it has no graph here. */
export function classifierOf(config: ModelConfig): Classifier | undefined {
  const name = classOf(config);
  return Object.hasOwn(classifiers, name) ? classifiers[name] : undefined;
}

function classOf({ architectures }: ModelConfig): string {
  return String([architectures].flat()[0] ?? "");
}

function unknownClass(config: ModelConfig): KernelError {
  const known = Object.keys(classifiers).join(", ");
  const message = `config.json says the class "${classOf(config)}", whose classifier has no graph here. Classes that have one: ${known}. Any other is served from an ONNX export: add onnx/model.onnx, as Optimum exports it for text classification.`;
  return new KernelError("LOAD_FAILED", message);
}
