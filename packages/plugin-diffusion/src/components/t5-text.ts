import type { LoadContext } from "@kindred/core";
import { openTokenizer } from "@kindred/core/text";
import { t5EncoderConfig } from "../graphs/t5-encoder-config.ts";
import { t5Encoder } from "../graphs/t5-encoder.ts";
import { t5Text } from "../prompt/t5-text.ts";
import { idTypeOf } from "../prompt/input-ids.ts";
import type { T5Text } from "../prompt/t5-text.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { checkExport } from "./check-export.ts";
import { exportFolder, openExported } from "./component-export.ts";
import { componentGraph } from "./component-graph.ts";
import type { TextComponent } from "./component.ts";
import { refusePrecision } from "./refuse-precision.ts";
import { requiredJson } from "./required-json.ts";

/** Tokens of the longest text that diffusers' pipelines take. */
const tokens = 512;

/** Declares a T5 text encoder's graph and opens its tokenizer. */
export async function openT5Text(
  context: LoadContext<DiffusionOptions>,
  component: TextComponent,
): Promise<T5Text> {
  const { model, graph } = context;
  const { folder } = component;
  const config = t5EncoderConfig(requiredJson(model, `${folder}/config.json`));
  const opening = openTokenizer(model, {
    directory: component.tokenizer,
    signal: context.signal,
  });
  const tokenizer = context.use(await opening);
  const shared = { tokenizer, padding: config.pad_token_id };

  const exported = exportFolder(model, component);
  if (exported) {
    refusePrecision(context, component);
    const source = await openExported(model, exported);
    const shape = [undefined, undefined, config.d_model];
    checkExport(source, { inputs: ["input_ids"], output: "last_hidden_state", shape });
    return t5Text({ ...shared, graph: graph(source), ids: idTypeOf(source) });
  }
  const run = { rounding: "row", dims: { input_ids: [1, tokens] } } as const;
  const source = await componentGraph(context, component, run, (weights) =>
    t5Encoder(config, weights, folder),
  );
  return t5Text({ ...shared, graph: graph(source), ids: "int64" });
}
