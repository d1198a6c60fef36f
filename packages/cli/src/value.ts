/** The JSON value of a text, such as 7, true or ["a"]; the text itself when it is not JSON, such as fox. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
