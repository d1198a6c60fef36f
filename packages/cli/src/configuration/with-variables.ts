import { UsageError } from "../usage-error.ts";

/**
 * A value of a file whose texts have the variables that they name: `${NAME}` is the variable NAME, and `$${` is `${`. UsageError that names the
 * setting and the variable where there is none.
 */
export function withVariables(value: unknown, env: NodeJS.ProcessEnv, where: string): unknown {
  if (typeof value === "string") return filled(value, env, where);
  if (Array.isArray(value)) return value.map((each) => withVariables(each, env, where));
  if (typeof value !== "object" || value === null) return value;
  // Libraries drop a member of this name without a word.
  if (Object.hasOwn(value, "__proto__"))
    throw new UsageError(`${where} has the name "__proto__", which nothing may have. Use another.`);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withVariables(each, env, where)]),
  );
}

function filled(text: string, env: NodeJS.ProcessEnv, where: string): string {
  return text.replace(/\$?\$\{([^}]*)\}/g, (found, name: string) => {
    if (found.startsWith("$$")) return found.slice(1);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value) return value;
    const state = value === undefined ? "not set" : "empty";
    throw new UsageError(
      `${where} needs the variable ${name}, which is ${state}. Set it, or write $\${ for a literal.`,
    );
  });
}
