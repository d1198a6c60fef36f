/** A fenced block of a page, with the words after its opening fence. */
export interface Block {
  readonly language: string;
  /** The file that the text is written to, if the block names one. */
  readonly file: string | undefined;
  /** Whether it keeps running during the blocks after it. */
  readonly background: boolean;
  readonly text: string;
}

/** The fenced blocks of a page in order. A block begins with a line such as "```js server.js background". */
export function blocksOf(page: string): Block[] {
  const fences = page.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms);
  return Array.from(fences, ([, language = "", info = "", text = ""]) => {
    const words = info.trim().split(/\s+/);
    const file = words.find((word) => word.includes("."));
    return { language, file, text, background: words.includes("background") };
  });
}
