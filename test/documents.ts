/** A fenced block of a page: its language and what else stands behind the fence. */
export interface Block {
  readonly language: string;
  /** Where its text is written, for blocks that name a file. */
  readonly file: string | undefined;
  /** Whether it keeps running while the blocks after it do. */
  readonly background: boolean;
  readonly text: string;
}

/** The fenced blocks of a page in order, as "```js server.js background". */
export function blocksOf(page: string): Block[] {
  const fences = page.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms);
  return Array.from(fences, ([, language = "", info = "", text = ""]) => {
    const words = info.trim().split(/\s+/);
    const file = words.find((word) => word.includes("."));
    return { language, file, text, background: words.includes("background") };
  });
}
