import type { ModelListing } from "@kindred/core";
import { unknownFile } from "../single-file/unserved-file.ts";
import type { Unserved } from "./unserved.ts";

const wholePipeline = "Launch the folder of the whole pipeline, which has a model_index.json.";

/** Folders of a pipeline's components. */
const componentFolders = ["unet", "vae", "text_encoder", "scheduler", "tokenizer", "transformer"];

/** Says of a folder without `model_index.json` which part of a diffusion model it holds, or in which other layout it is. */
export function unservedPart(model: ModelListing): Unserved | undefined {
  return component(model) ?? addition(model) ?? headless(model.files) ?? single(model);
}

/** transformers' classes of text encoders that pipelines have. */
const textEncoders = /^(CLIPTextModel|T5EncoderModel)/;

/** Networks that a base model is launched with, by their classes, and the option that names them. */
const optionsOfParts = new Map([
  ["ControlNetModel", { what: "ControlNet", options: '{ controlnet: { canny: "FOLDER" } }' }],
  ["AutoencoderTiny", { what: "decoder of previews", options: '{ vae_preview: "FOLDER" }' }],
]);

/** One component of a pipeline, by its own config. */
function component(model: ModelListing): Unserved | undefined {
  const file = ["config.json", "scheduler_config.json"].find((each) => model.files.includes(each));
  const json = file && model.json(file);
  const textEncoder = [json?.architectures].flat().find((each) => textEncoders.test(each));
  const name: unknown = json?._class_name ?? textEncoder;
  if (typeof name !== "string") return undefined;
  const option = optionsOfParts.get(name);
  if (option)
    return {
      what: `is a ${option.what} (${file} names ${name})`,
      advice: `It goes with a base model. Launch that with options: ${option.options}, the folder of this one.`,
    };
  if (/ControlNet|T2IAdapter|MotionAdapter/.test(name))
    return {
      what: `is a ${name.includes("ControlNet") ? "ControlNet" : "control adapter"} (${file} names ${name})`,
      advice:
        "It goes with a base model, which Kindred does not serve with it yet. Launch the base model alone.",
    };
  const place = name.startsWith("UNet2D")
    ? "unet"
    : /^(Autoencoder|VQModel)/.test(name)
      ? "vae"
      : name.startsWith("CLIPTextModel")
        ? "text_encoder"
        : undefined;
  return {
    what: `is one component of a pipeline (${file} names ${name})`,
    advice: place
      ? `Put it into the folder "${place}" of a whole Stable Diffusion folder, and launch that.`
      : wholePipeline,
  };
}

/** Weights that are added to those of a base model. */
function addition({ files, json }: ModelListing): Unserved | undefined {
  const lora = files.find((file) =>
    /^(adapter_config\.json|[^/]*lora[^/]*\.(safetensors|bin|pt))$/i.test(file),
  );
  // PEFT notes the task of a language model's adapter, and none for one of diffusers.
  const isText = typeof json("adapter_config.json")?.task_type === "string";
  const way = isText
    ? "Merge it with PEFT (merge_and_unload, save_pretrained(folder))"
    : "Fuse it with diffusers (load_lora_weights, fuse_lora, unload_lora_weights, save_pretrained(folder))";
  if (lora)
    return {
      what: `is a LoRA (${lora})`,
      advice: `A LoRA goes with a base model. ${way}, and launch that folder.`,
    };
  const learned = files.find((file) => /^learned_embeds[^/]*\.(safetensors|bin|pt)$/.test(file));
  if (learned)
    return {
      what: `is a textual inversion (${learned})`,
      advice:
        "A textual inversion goes with a base model. Add it with diffusers (load_textual_inversion, save_pretrained(folder)), and launch that folder.",
    };
  return undefined;
}

/** Components of a pipeline without the file that says which one. */
function headless(files: readonly string[]): Unserved | undefined {
  const folders = componentFolders.filter((folder) =>
    files.some((file) => file.startsWith(`${folder}/`)),
  );
  if (folders.length < 2) return undefined;
  return {
    what: `has no model_index.json beside its folders ${folders.join(", ")}`,
    advice: "Fetch the whole repository, or write the folder anew by save_pretrained(folder).",
  };
}

/** Weights of one file, or without their config. */
function single(model: ModelListing): Unserved | undefined {
  const names = model.files.filter((file) => !file.includes("/"));
  if (names.includes("config.json")) return undefined;
  const alone = names.find((name) => name.startsWith("diffusion_pytorch_model"));
  if (alone)
    return {
      what: `holds the weights of one component of a pipeline, ${alone}, without its config.json`,
      advice: wholePipeline,
    };
  return unknownFile(model);
}
