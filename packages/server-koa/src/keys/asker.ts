import type Koa from "koa";

/** Whoever asks, as far as it is known. */
export interface Asker {
  /** undefined: anybody. */
  readonly caller: string | undefined;
  readonly isAdmin: boolean;
}

/** What `authenticate`, or a middleware of the application, has put into the request's state. */
export function askerOf({ state }: Pick<Koa.Context, "state">): Asker {
  const { caller, isAdmin } = state as { readonly caller?: unknown; readonly isAdmin?: unknown };
  return { caller: typeof caller === "string" ? caller : undefined, isAdmin: isAdmin === true };
}

/** Whether one may follow and abort requests of that caller. */
export function isOpenTo({ caller, isAdmin }: Asker, of: string | undefined): boolean {
  return isAdmin || caller === undefined || caller === of;
}
