/** A component of a diffusers folder, by the names of its files. */
export interface Component {
  /** Its folder, which also names its graph: "unet". "" is the model's own folder. */
  readonly folder: string;
  /** How its .safetensors files begin: a model of diffusers has `diffusion_pytorch_model`, one of transformers `model`. */
  readonly stem: "diffusion_pytorch_model" | "model";
  /** The folder of its ONNX export in Optimum's layout. Default: `folder`. */
  readonly exportFolder?: string;
}

/** A text encoder, and the folder of its tokenizer. */
export interface TextComponent extends Component {
  readonly tokenizer: string;
}

/** The path of a component's file within its model. */
export function fileOf({ folder }: Pick<Component, "folder">, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
