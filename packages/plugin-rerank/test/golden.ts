import { existsSync, readFileSync } from "node:fs";

/** What a case asks where it is not request.json. tools/reference/rerank.py records its scores. */
export interface Case {
  readonly folder: string;
  readonly json?: Readonly<Record<string, object | null>>;
  readonly query?: string;
  readonly documents?: readonly string[];
  readonly prompt?: string;
}

export const request: { readonly query: string; readonly documents: readonly string[] } =
  read("fixtures/request.json");
export const cases: Readonly<Record<string, Case>> = read("fixtures/cases.json");

/** CrossEncoder's scores of each case, in the order of its documents. */
export const golden: Readonly<Record<string, readonly number[]>> =
  read("golden/scores.json").scores;

export const tolerance = 1e-5;

/** The largest difference; Infinity when they are not as many. */
export function difference(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Infinity;
  return Math.max(...found.map((score, i) => Math.abs(score - expected[i]!)));
}

/** A JSON file: absolute, or by its path from here. `otherwise` stands for one that is not there. */
export function read(file: string, otherwise?: unknown): any {
  const path = new URL(file, import.meta.url);
  if (otherwise !== undefined && !existsSync(path)) return otherwise;
  return JSON.parse(readFileSync(path, "utf8"));
}
