import type { Handler } from "../exchange.ts";
import type { Operation } from "../openapi/operation.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A method of a path, and what answers it. */
export interface Route {
  readonly method: Method;
  /** Below the routes' prefix, in the notation of @koa/router. */
  readonly path: string;
  readonly handler: Handler;
  /** What GET /openapi.json says of it. */
  readonly operation: Operation;
  /** Whether only those may ask who may launch models. Default false. */
  readonly isAdmin?: boolean;
  /** Whether it needs no key where the server has some. Default false. */
  readonly isOpen?: boolean;
}

/** The methods that a path of these routes answers, as `Allow` names them. */
export function methodsOf(routes: readonly Route[], path: string): readonly string[] {
  const methods = routes.filter((each) => each.path === path).map(({ method }) => method);
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}
