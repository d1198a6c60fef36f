import { KernelError, shorten, validatedNow } from "@kindred/core";
import type { TransformerFolder } from "@kindred/text-encoders";
import * as z from "zod";
import type { SavedSettings } from "./saved-settings.ts";

/** What a model's scores go through: "sigmoid" gives 0 to 1, "identity" leaves them as they are. */
export type Activation = "sigmoid" | "identity";

const file = "config.json";

const name = z.string().nullish();
const schema = z.object({
  sentence_transformers: z.object({ activation_fn: name }).nullish(),
  sbert_ce_default_activation_function: name,
});

/**
 * The activation that CrossEncoder takes: the one that it saved with its settings, else that of `config.json`, as its versions 4 and
 * older save it, else `otherwise`. LOAD_FAILED names one that is not served, such as the model's own code.
 */
export function activationOf(
  { activation }: Pick<SavedSettings, "activation">,
  transformer: Pick<TransformerFolder, "json">,
  otherwise: Activation,
): Activation {
  if (activation !== undefined) return activationNamed(activation);
  const { sentence_transformers, sbert_ce_default_activation_function } = validatedNow(
    schema,
    transformer.json(file) ?? {},
    { code: "LOAD_FAILED", what: `${file} is not sound` },
  );
  const { activation_fn: older = sbert_ce_default_activation_function } =
    sentence_transformers ?? {};
  return older == null ? otherwise : activationNamed(older);
}

/** Functions of torch, by the names of their classes: "torch.nn.modules.activation.Sigmoid", "torch.nn.Sigmoid". */
const activations: readonly (readonly [RegExp, Activation])[] = [
  [/^torch\.nn\.(.*\.)?Sigmoid$/, "sigmoid"],
  [/^torch\.nn\.(.*\.)?Identity$/, "identity"],
];

function activationNamed(path: string): Activation {
  const [, activation] = activations.find(([pattern]) => pattern.test(path)) ?? [];
  if (activation) return activation;
  const message = `The model's activation_fn is ${shorten(path, 120)}, which is not served. Served are Sigmoid and Identity of torch.nn.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** Applies it to one score. */
export function activated(score: number, activation: Activation): number {
  return activation === "sigmoid" ? 1 / (1 + Math.exp(-score)) : score;
}
