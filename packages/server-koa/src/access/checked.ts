import { isIPv6 } from "node:net";

/** Whether a text is an origin as browsers send it, "null" included, or "*". */
export function isOrigin(text: unknown): boolean {
  if (text === "*" || text === "null") return true;
  if (typeof text !== "string" || !/^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+\/?$/i.test(text)) return false;
  return URL.canParse(text);
}

/** Whether a text is the name or the address of a host, without a port, or "*". */
export function isHost(text: unknown): boolean {
  if (typeof text !== "string") return false;
  return text === "*" || isIPv6(text.replace(/^\[(.*)\]$/, "$1")) || /^[\w.-]+$/.test(text);
}

/** TypeError unless these are origins. Returns them as browsers send them. */
export function checkedOrigins(origins: readonly string[]): readonly string[] {
  check("origins", 'origins such as "https://app.example.org", or "*"', origins, isOrigin);
  return origins.map((each) => {
    // URLs of other protocols have no origin in Node.
    return /^https?:/i.test(each) ? new URL(each).origin : each.replace(/\/$/, "");
  });
}

/** TypeError unless these are hosts. Returns them as `Host` names them. */
export function checkedHosts(hosts: readonly string[]): readonly string[] {
  check("hosts", 'names without a port, such as "models.example.org", or "*"', hosts, isHost);
  return hosts.map((each) => (isIPv6(each) ? `[${each}]` : each));
}

function check(
  option: string,
  wanted: string,
  values: readonly string[],
  is: (value: unknown) => boolean,
): void {
  if (!Array.isArray(values)) {
    throw new TypeError(`${option} must be a list of ${wanted}, not ${told(values)}.`);
  }
  const wrong = values.find((each) => !is(each));
  if (wrong === undefined) return;
  throw new TypeError(`${option} must be ${wanted}, not ${told(wrong)}.`);
}

function told(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
