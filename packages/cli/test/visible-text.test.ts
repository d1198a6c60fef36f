import { expect, test } from "vitest";
import { visibleText } from "../src/visible-text.ts";

test.each([
  ["an escape sequence", "\u001b[2J", "\\u001b[2J"],
  ["a bell", "\u0007", "\\u0007"],
  ["a line feed", "\n", "\\u000a"],
  ["a carriage return", "\r", "\\u000d"],
  ["delete", "\u007f", "\\u007f"],
  ["a C1 control sequence introducer", "\u009b31m", "\\u009b31m"],
  ["the Arabic letter mark", "\u061c", "\\u061c"],
  ["a left-to-right mark", "\u200e", "\\u200e"],
  ["a right-to-left mark", "\u200f", "\\u200f"],
  ["a line separator", "\u2028", "\\u2028"],
  ["a paragraph separator", "\u2029", "\\u2029"],
  ["bidi embeddings and overrides", "\u202a\u202e", "\\u202a\\u202e"],
  ["bidi isolates", "\u2066\u2069", "\\u2066\\u2069"],
  ["a zero-width space", "\u200b", "\\u200b"],
  ["a byte order mark", "\ufeff", "\\ufeff"],
  ["a tag character", "\u{e0041}", "\\udb40\\udc41"],
  ["half of a pair", "\ud83d", "\\ud83d"],
])("%s is escaped", (_, text, escaped) => {
  expect(visibleText(`a${text}b`)).toBe(`a${escaped}b`);
  expect(JSON.parse(`"${escaped}"`)).toBe(text);
});

test.each(["Füchse", "狐", "שועל", "\u{1f98a}", "👩\u200d🚀", "می\u200cخواهم", 'a "b" \\ c'])(
  "%s stays",
  (text) => {
    expect(visibleText(text)).toBe(text);
  },
);

test("characters to keep are kept", () => {
  expect(visibleText("a\n\tb\r", "\n\t")).toBe("a\n\tb\\u000d");
});
