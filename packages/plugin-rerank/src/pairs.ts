import { mapInSlices } from "@kindred/core";
import type { TextInput, Tokens } from "@kindred/core/text";
import { maxCharacters, promptNamed, unknownId } from "@kindred/text-encoders";
import type { TokenRow } from "@kindred/text-encoders";
import type { RerankModel } from "./pipeline.ts";
import {
  foreignToken,
  noCount,
  noDocuments,
  tooManyCharacters,
  tooManyTokens,
  tooMuch,
} from "./request-errors.ts";
import type { RerankRequest } from "./task.ts";

/** A query and a document, ready to be run. */
export interface Pair extends TokenRow {
  /** Whether tokens were cut off, since the model takes fewer. */
  readonly isCut: boolean;
}

/** Tokens of all pairs of a request: a thousand documents of 4,096. */
const maxRequestTokens = 4_194_304;

/**
 * Checks a request and makes the row of each document: special tokens, the prompt and the query, special tokens, the document, special tokens.
 * INVALID_INPUT names what is wrong.
 */
export async function pairsOf(
  request: RerankRequest,
  model: RerankModel,
  signal: AbortSignal,
): Promise<readonly Pair[]> {
  const { maxTokens, tokenizer, vocabularySize } = model;
  checkRequest(request);
  const mayCut = request.truncate ?? model.truncate;
  const texts = await tokenised(request, model, signal);
  checkTokens(texts, maxTokens);
  const rows = await mapInSlices(texts.documents, (document) => rowOf(texts, document), signal);
  const all = await tokenizer.encodePairs(rows, { maxTokens, signal });
  const pair = ({ ids, typeIds, length }: Tokens, i: number): Pair => {
    if (length > maxTokens && !mayCut) {
      const between = length - rows[i]!.flat().length;
      const whole = texts.query.length + texts.documents[i]!.length + between;
      throw tooManyTokens(i, whole, maxTokens);
    }
    const unknown = unknownId(ids, vocabularySize);
    if (unknown !== undefined) throw foreignToken(i, unknown, vocabularySize);
    return { ids, typeIds, isCut: length > maxTokens };
  };
  return mapInSlices(all, pair, signal);
}

/** The ids of a text as far as they can matter, and how many it has. */
interface Text {
  readonly ids: readonly number[];
  readonly length: number;
}

interface Texts {
  /** The prompt and the query. */
  readonly query: Text;
  /** The query beside a document that is shorter. */
  readonly longerQuery: Text;
  readonly documents: readonly Text[];
}

/**
 * The ids of each text by itself, so that the query is tokenised once. No more of a text are kept than the model takes, since a thousand
 * documents repeat the query. Beside a shorter document it keeps one more: the longer of two texts keeps an odd token.
 */
async function tokenised(
  { query, documents, prompt, maxDocumentTokens = Infinity }: RerankRequest,
  { tokenizer, maxTokens, prompts, defaultPrompt }: RerankModel,
  signal: AbortSignal,
): Promise<Texts> {
  const before = prompt === undefined ? (defaultPrompt?.text ?? "") : promptNamed(prompt, prompts);
  const encode = async (inputs: readonly TextInput[], limit: number): Promise<readonly Text[]> => {
    const bare = { specialTokens: false, maxTokens: limit, signal };
    const all = await tokenizer.encode(inputs, bare);
    return mapInSlices(all, ({ ids, length }) => ({ ids: Array.from(ids), length }), signal);
  };
  const [longerQuery] = await encode([before + query], maxTokens + 1);
  const [shorter] = await encode([longerQuery!.ids], maxTokens);
  const all = await encode(documents, Math.min(maxTokens, maxDocumentTokens));
  const shortened = ({ ids, length }: Text): Text => ({
    ids,
    length: Math.min(length, maxDocumentTokens),
  });
  return {
    query: { ids: shorter!.ids, length: longerQuery!.length },
    longerQuery: longerQuery!,
    documents: await mapInSlices(all, shortened, signal),
  };
}

type Row = readonly [query: readonly number[], document: readonly number[]];

function rowOf({ query, longerQuery }: Texts, document: Text): Row {
  const { ids } = query.length > document.length ? longerQuery : query;
  return [ids, document.ids];
}

function checkRequest({ query, documents, topN = 1, maxDocumentTokens = 1 }: RerankRequest): void {
  if (documents.length === 0) throw noDocuments();
  checkCount("topN", topN);
  checkCount("maxDocumentTokens", maxDocumentTokens);
  if (query.length > maxCharacters) throw tooManyCharacters("query", query.length, maxCharacters);
  const at = documents.findIndex(({ length }) => length > maxCharacters);
  if (at >= 0) throw tooManyCharacters(`documents[${at}]`, documents[at]!.length, maxCharacters);
}

function checkCount(param: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw noCount(param, value);
}

/** Refuses a request whose rows would take hundreds of megabytes, before they are made. */
function checkTokens({ query, documents }: Texts, maxTokens: number): void {
  const tokens = documents.reduce(
    (sum, { length }) => sum + Math.min(query.length + length, maxTokens),
    0,
  );
  if (tokens > maxRequestTokens) throw tooMuch(documents.length, tokens, maxRequestTokens);
}
