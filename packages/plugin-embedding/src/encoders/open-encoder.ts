import type { LoadContext } from "@kindred/core";
import type { PrecisionChoice } from "@kindred/core/onnx";
import type { Tokenizer } from "@kindred/core/text";
import { refusePrecision, transformerFolder } from "@kindred/text-encoders";
import type { EncoderSource } from "@kindred/text-encoders";
import type { Pooling } from "../graphs/pooling.ts";
import { openTokenHeads } from "../kinds/open-token-heads.ts";
import { noTokenHeads } from "../kinds/token-heads.ts";
import type { TokenHeads } from "../kinds/token-heads.ts";
import { unweightedIds } from "../kinds/unweighted-ids.ts";
import { builtEncoder } from "./built-encoder.ts";
import type { BuiltEncoder } from "./built-encoder.ts";
import { exportedEncoder } from "./exported-encoder.ts";

interface Opening {
  readonly context: LoadContext;
  readonly pooling: Pooling;
  readonly tokenizer: Tokenizer;
  readonly precision: PrecisionChoice | undefined;
}

/** The precision of an export is not known. */
interface OpenedEncoder extends BuiltEncoder {
  /** The heads that it has beside its pooling. */
  readonly heads: TokenHeads;
}

/** Declares an encoder's graph; called once, when its files are there. LOAD_FAILED when one is not sound. */
export async function openEncoder(
  source: EncoderSource,
  { context, pooling, tokenizer, precision }: Opening,
): Promise<OpenedEncoder> {
  if (source.kind === "exported") {
    refusePrecision(context.model, precision);
    const encode = await exportedEncoder(source, context, pooling);
    return { encode, precision: undefined, heads: noTokenHeads };
  }
  const heads = await openTokenHeads(context.model);
  const unweighted = heads.sparse
    ? await unweightedIds(transformerFolder(context.model), tokenizer)
    : new Set<number>();
  const built = await builtEncoder(source, context, { precision, pooling, heads, unweighted });
  return { ...built, heads };
}
