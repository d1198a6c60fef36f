import { KernelError } from "@kindred/core";
import type { SideTask, Task } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import { maxCharacters, tooManyCharacters } from "../request/characters.ts";
import { unknownId } from "../request/unknown-id.ts";
import { detokenizeTask, tokenizeTask } from "./tasks.ts";
import { checkTotal } from "./total.ts";

/** A model as far as its tokens are told. */
export interface TokenModel {
  readonly tokenizer: Pick<Tokenizer, "tokenize" | "decode" | "vocabularySize">;
  /** Tokens of one text, special tokens included. */
  readonly maxTokens: number;
}

/** The side tasks of every model that reads texts; a family names `tokenTasks`. INVALID_INPUT on `input` tells the numbers. */
export function tokenSideTasks({ tokenizer, maxTokens }: TokenModel): readonly SideTask<any>[] {
  const tokenize: SideTask<typeof tokenizeTask> = {
    task: tokenizeTask,
    async run({ input, specialTokens = true }, { signal }) {
      const long = input.findIndex(({ length }) => length > maxCharacters);
      if (long >= 0) throw tooManyCharacters(long, input[long]!.length);
      checkTotal(input, "characters");
      return { texts: await tokenizer.tokenize(input, { specialTokens, signal }), maxTokens };
    },
  };
  const detokenize: SideTask<typeof detokenizeTask> = {
    task: detokenizeTask,
    async run({ input, skipSpecialTokens = true }, { signal }) {
      checkTotal(input, "ids");
      for (const [i, ids] of input.entries()) checkIds(ids, i, tokenizer.vocabularySize);
      return tokenizer.decode(input, { skipSpecialTokens, signal });
    },
  };
  return [tokenize, detokenize];
}

/** The tasks that `tokenSideTasks` do. */
export const tokenTasks: readonly Task[] = [tokenizeTask, detokenizeTask];

function checkIds(ids: readonly number[], index: number, vocabularySize: number): void {
  const unknown = unknownId(ids, vocabularySize);
  if (unknown === undefined) return;
  throw new KernelError(
    "INVALID_INPUT",
    `input[${index}] has the token id ${unknown}; the tokenizer's ids are 0 to ${vocabularySize - 1}. Send ids of this model.`,
    { param: "input" },
  );
}
