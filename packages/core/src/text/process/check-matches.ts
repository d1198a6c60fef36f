import { isNormalized, quoted } from "./added-token.ts";
import type { AddedToken } from "./added-token.ts";
import { FileFault } from "./file-fault.ts";
import type { NativeTokenizer } from "./native-tokenizer.ts";

const onlySpaces = /^[\s\u0085]+$/;

/**
 * Throws when the native library would find tokens by chance, or not live through it. Of two tokens that are normalised to one
 * text, it finds either. A token of spaces that takes the spaces before it, inside the spaces that another took, ends the process.
 */
export function checkMatches(native: NativeTokenizer, tokens: readonly AddedToken[]): void {
  const found = new Map<string, string>();
  const taking = tokens.filter(({ rstrip }) => rstrip).map(isNormalized);
  for (const token of tokens) {
    const { content } = token;
    const text = matchedText(native, token);
    if (token.lstrip && taking.includes(isNormalized(token)) && onlySpaces.test(text)) {
      throw new FileFault(
        `the added token ${quoted(content)} is of spaces and takes the spaces before it, as another takes those behind it`,
        { advice: "Set its lstrip to false" },
      );
    }
    if (!isNormalized(token)) continue;
    const other = found.get(text) ?? content;
    if (other !== content) {
      throw new FileFault(
        `the added tokens ${quoted(other)} and ${quoted(content)} are both ${quoted(text)} once they are normalised`,
        { advice: "Give one of them another text, or set its normalized to false" },
      );
    }
    found.set(text, content);
  }
}

/** The text that a token is found by: its own, or as it is normalised. */
export function matchedText(native: NativeTokenizer, token: AddedToken): string {
  const { content } = token;
  return (isNormalized(token) && native.getNormalizer()?.normalizeString(content)) || content;
}
