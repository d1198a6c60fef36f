/** JSON where a text is JSON, else the text itself: 7, true and ["a"], but also fox. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
