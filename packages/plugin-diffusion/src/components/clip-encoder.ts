import type { LoadContext } from "@kindred/core";
import { openClipTokenizer } from "../prompt/clip-tokenizer.ts";
import { clipTextConfig } from "../graphs/clip-text-config.ts";
import { clipText } from "../graphs/clip-text.ts";
import { clipEncoder } from "../prompt/clip-encoder.ts";
import type { ClipEncoder } from "../prompt/clip-encoder.ts";
import { idTypeOf } from "../prompt/input-ids.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { clipTokenizerFolder } from "../single-file/tokenizer-folder.ts";
import { checkExport } from "./check-export.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentGraph } from "./component-graph.ts";
import type { TextComponent } from "./component.ts";
import { refusePrecision } from "./refuse-precision.ts";
import { requiredJson } from "./required-json.ts";

/** Declares a CLIP text encoder's graph and opens its tokenizer. */
export async function openClipEncoder(
  context: LoadContext<DiffusionOptions>,
  component: TextComponent,
): Promise<ClipEncoder> {
  const { model, graph } = context;
  const { folder } = component;
  const config = clipTextConfig(requiredJson(model, `${folder}/config.json`));
  const { max_position_embeddings: positions, num_hidden_layers: layers } = config;
  const vocabulary = clipTokenizerFolder(model, component.tokenizer);
  const opening = openClipTokenizer(vocabulary, { signal: context.signal });
  const tokenizer = context.use(await opening);
  const length = Math.min(tokenizer.maxTokens ?? positions, positions);

  const exported = exportFolder(model, component);
  if (exported) {
    refusePrecision(context, component);
    const source = await openExported(model, exported);
    const shape = [undefined, undefined, config.hidden_size];
    checkExport(source, { inputs: ["input_ids"], output: "last_hidden_state", shape });
    return clipEncoder({ graph: graph(source), tokenizer, length, layers, ids: idTypeOf(source) });
  }
  const run = { rounding: "row", dims: { input_ids: [1, length] } } as const;
  const source = await componentGraph(context, component, run, (weights) =>
    clipText(config, weights, folder),
  );
  return clipEncoder({ graph: graph(source), tokenizer, length, layers, ids: "int64" });
}
