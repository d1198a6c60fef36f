/** A URL under which clients reach the routes, without slashes at its end. TypeError for one that is not http or https, or has a query. */
export function checkedUrl(url: unknown): string {
  const sound = typeof url === "string" && /^https?:\/\/[^?#]+$/i.test(url) && URL.canParse(url);
  if (sound) return url.replace(/\/+$/, "");
  throw new TypeError(
    `publicUrl must be a URL such as "https://example.org/ai", not "${String(url)}".`,
  );
}
