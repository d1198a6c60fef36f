import type { Tokenizer as Native } from "tokenizers";
import { addTokens } from "./added-tokens.ts";
import type { EncoderFolder } from "./encoder-folder.ts";
import { encoderOf } from "./encoder.ts";
import type { Encoder } from "./encoder.ts";
import { FileFault, inFile } from "./file-fault.ts";
import { publishedTokens, readFolderTokens } from "./folder-tokens.ts";
import type { FolderTokens } from "./folder-tokens.ts";
import { buildingClasses, tokenizerClass, wordPieceClasses } from "./tokenizer-class.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";
import { modelType, nativeTokenizer, parseTokenizerJson } from "./tokenizer-json.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";
import { wordPiece, wordPieceOf } from "./word-piece.ts";
import { xlmRoberta } from "./xlm-roberta.ts";

/**
 * The module that `openTokenizer` names to its process: a folder's `tokenizer.json`, else its BERT-type `vocab.txt`, opened as
 * AutoTokenizer of transformers 5 opens them.
 */
export async function openEncoder(
  folder: EncoderFolder,
  config: TokenizerConfig,
): Promise<Encoder> {
  const name = tokenizerClass(config, (await folder.json("config.json")) ?? {});
  const text = await folder.text("tokenizer.json");
  if (text === undefined) return openVocabulary(folder, config, name);

  const json = await inFile("tokenizer.json", () => parseTokenizerJson(text));
  const tokens = await readFolderTokens(folder, config, json.settings.added_tokens);
  const native = await inFile("tokenizer.json", () => open(json, tokens, { name, config }));
  const truncation_side = json.settings.truncation?.direction === "Left" ? "left" : "right";
  return encoderOf(native, { truncation_side, ...config });
}

/** Vocabularies of sentencepiece and of byte-pair encodings, from which transformers can make a `tokenizer.json`. */
const alone = ["sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "vocab.json"];

async function openVocabulary(
  folder: EncoderFolder,
  config: TokenizerConfig,
  name: string | undefined,
): Promise<Encoder> {
  const advice = "Add the tokenizer.json that transformers' save_pretrained writes";
  const vocabulary = await folder.bytes("vocab.txt");
  if (vocabulary === undefined) {
    for (const file of alone) {
      if ((await folder.bytes(file)) === undefined) continue;
      throw new FileFault(`there is no tokenizer.json, and ${file} is not read by itself`, {
        advice,
      });
    }
    throw new FileFault("there is neither a tokenizer.json nor a vocab.txt", { advice });
  }
  if (name !== undefined && !wordPieceClasses.has(name)) {
    throw new FileFault(
      `there is no tokenizer.json, its class is ${name}, and vocab.txt is read for BERT's classes`,
      { advice },
    );
  }
  const tokens = await readFolderTokens(folder, config);
  const native = await inFile("vocab.txt", () => wordPiece(vocabulary, config, tokens));
  return encoderOf(native, config);
}

function open(
  json: TokenizerJson,
  tokens: FolderTokens,
  { name = "", config }: { readonly name: string | undefined; readonly config: TokenizerConfig },
): Native {
  const model = modelType(json);
  const isBert = wordPieceClasses.has(name);
  const isXlmRoberta = name === "XLMRobertaTokenizer";
  if (isBert && model === "WordPiece") return wordPieceOf(json, config, tokens);
  if (isXlmRoberta && model === "Unigram") return xlmRoberta(json, config, tokens);
  if (config.tokenizer_class && (isXlmRoberta || (isBert && model === "Unigram"))) {
    throw new Error(`its model is ${model}, which ${name} of tokenizer_config.json cannot have`);
  }
  return asWritten(json, tokens, buildingClasses.has(name));
}

/** With the file's own steps. `builds` says that its class takes the added tokens from the folder's configs first. */
function asWritten(json: TokenizerJson, tokens: FolderTokens, builds: boolean): Native {
  const settings = builds ? { ...json.settings, added_tokens: [] } : json.settings;
  const native = nativeTokenizer({ ...json, settings });
  addTokens(native, tokens, { existing: publishedTokens(settings.added_tokens) });
  return native;
}
