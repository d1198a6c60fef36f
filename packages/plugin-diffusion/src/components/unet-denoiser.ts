import type { LoadContext } from "@kindred/core";
import type { Denoiser } from "../denoiser.ts";
import { unetConfig } from "../graphs/unet-config.ts";
import { unet } from "../graphs/unet.ts";
import { componentConfig } from "./component-config.ts";
import { componentWeights } from "./component-weights.ts";
import type { ComponentFiles } from "./component-weights.ts";
import { onnxComponent } from "./onnx-component.ts";
import { exportedWorkspace } from "./exported-workspace.ts";
import { floatScalar, scalarInput } from "./scalar-input.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** `unet/`. */
export async function openUNet(context: LoadContext, files: ComponentFiles): Promise<Denoiser> {
  const { model, graph } = context;
  const json = componentConfig(model, "unet/config.json");
  const exported = await onnxComponent(model, "unet");
  if (exported) {
    const timestep = exported.types["timestep"];
    const source = { ...exported, workspace: exportedWorkspace(json) };
    return { graph: graph(source), timestep: timestep ? scalarInput(timestep) : floatScalar };
  }
  const config = unetConfig(json);
  const source = unet(config, await componentWeights(files, "unet", "diffusion_pytorch_model"));
  warnOfUnused(context, source);
  return { graph: graph(source), timestep: floatScalar };
}
