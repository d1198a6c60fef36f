/** Segments of unreserved characters, which no router, proxy or browser reads as anything else. */
const path = /^\/?([\w.~-]+(?:\/[\w.~-]+)*)\/?$/;
const dots = /(^|\/)\.\.?(\/|$)/;

/** A prefix as routes have it: "/ai" of "ai", "/ai" and "/ai/"; "" of "" and "/". TypeError when it is not the path of a URL. */
export function normalPrefix(prefix: unknown): string {
  if (prefix === "" || prefix === "/") return "";
  const [, segments] = (typeof prefix === "string" && path.exec(prefix)) || [];
  if (segments !== undefined && !dots.test(segments)) return `/${segments}`;
  const found = typeof prefix === "string" ? JSON.stringify(prefix) : String(prefix);
  throw new TypeError(
    `prefix must be a path such as "/ai" or "/ai/v2", of letters, digits and . _ ~ - alone, not ${found}.`,
  );
}
