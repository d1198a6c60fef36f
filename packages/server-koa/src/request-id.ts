import { randomUUID } from "node:crypto";
import type Koa from "koa";

/** An id that no client has sent. */
export function newRequestId(): string {
  return `req_${randomUUID()}`;
}

/** The id that the reply has already, perhaps by the application's own middleware; the client's when it is sound; else a new one. */
export function requestId(ctx: Koa.Context): string {
  const given: unknown[] = [ctx.response.get("x-request-id"), ctx.get("x-request-id")];
  return given.find(isSound) ?? newRequestId();
}

function isSound(id: unknown): id is string {
  return typeof id === "string" && /^[\w.:/-]{1,128}$/.test(id);
}
