import { shorten } from "../errors.ts";

/** A value of any kind as a message quotes it, shortened to `max` characters. */
export function told(value: unknown, max: number = 80): string {
  if (typeof value === "function") return isClass(value) ? "a class" : "a function";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object") return shorten(json(value) ?? kindOf(value), max);
  return shorten((typeof value === "string" ? json(value) : undefined) ?? String(value), max);
}

function isClass(value: Function): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** `String` would go as deep as JSON. */
function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : "an object";
}

/** undefined for what JSON has no text for, such as a circle, or lists too deep within each other. */
function json(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, undefinedAsText);
  } catch {
    return undefined;
  }
}

/** JSON would say null for what is missing in a list. */
function undefinedAsText(_: string, value: unknown): unknown {
  return value === undefined || Number.isNaN(value) ? String(value) : value;
}
