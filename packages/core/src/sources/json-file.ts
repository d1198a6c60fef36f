import { join } from "node:path";
import { KernelError } from "../errors.ts";
import { checkParts, maxJsonBytes } from "../shared/model-json.ts";
import { readRegularFileNow, unreadable } from "../shared/regular-file.ts";

/**
 * A JSON file of a folder, parsed at once: configs are small. Messages name it by its path within the folder. LOAD_FAILED
 * when it cannot be read, is no file, is too large, is not JSON, or is a bare text or number.
 */
export function readJsonNow(root: string, file: string): unknown {
  const text = readText(root, file);
  checkParts(text, file);
  const value = parsed(text, file);
  if (typeof value === "object" && value !== null) return value;
  const message = `"${file}" holds JSON that is neither an object nor a list. Fetch it again.`;
  throw new KernelError("LOAD_FAILED", message);
}

function parsed(text: string, file: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (cause) {
    throw new KernelError("LOAD_FAILED", `"${file}" is not JSON. Fetch it again.`, { cause });
  }
}

function readText(root: string, file: string): string {
  try {
    return readRegularFileNow(join(root, file), maxJsonBytes).toString("utf8");
  } catch (cause) {
    const message = `"${file}" cannot be read: ${unreadable(cause)}. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  }
}

/** Parses JSON as Python writes it: published configs hold bare infinities. */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(/([:[,]\s*-?)Infinity\b/g, "$11e999"));
  }
}
