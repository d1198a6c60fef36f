import type { Task } from "@kindred/core";

/** Documents to rank by how well they answer a query. */
export interface RerankRequest {
  /** Not empty. */
  readonly query: string;
  /** At least one. A document may be empty. */
  readonly documents: readonly string[];
  /** How many results to give, the best ones. Default: all. */
  readonly topN?: number | undefined;
  /** Tokens that are kept of each document before it meets the query. Default: all. */
  readonly maxDocumentTokens?: number | undefined;
  /**
   * The name of the model's prompt that goes before the query. Default: the launch's `prompt`, else the `default_prompt_name` of
   * the model's folder, else none. INVALID_INPUT when the model has no such prompt.
   */
  readonly prompt?: string | undefined;
  /**
   * Cuts a query and a document that together are longer than the model takes: the longer of the two first, then both. Default: the
   * launch's `truncate`, else true. If it is false, they are INVALID_INPUT.
   */
  readonly truncate?: boolean | undefined;
}

/** A document's place in a ranking. */
export interface RankedDocument {
  /** Its place among the request's documents, from 0. */
  readonly index: number;
  /** Higher is better: 0 to 1 where the model ends in a sigmoid, else any number. */
  readonly score: number;
}

/** The ranked documents of a request. */
export interface Ranking {
  /** The best first; those of one score in the request's order. */
  readonly results: readonly RankedDocument[];
  /** Tokens of all pairs of query and document as they ran: special tokens and the prompt included, after truncation. */
  readonly tokens: number;
  /** Sentences for the client: how many pairs were cut. Default: there is nothing to say. */
  readonly warnings?: readonly string[] | undefined;
}

/** Ranks documents by a query. Its input and output can be structured-cloned. */
export const rerankTask: Task<RerankRequest, Ranking> = { name: "rerank" };
