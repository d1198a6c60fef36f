import type Koa from "koa";

/** nginx's status for a client that hung up. Node has no phrase for it. */
export const hungUp = 499;

/** The status of a reply whose connection is done with it: its own, or that of a client which hung up before its end. */
export function sentStatus({ res, status }: Pick<Koa.Context, "res" | "status">): number {
  return res.writableFinished ? status : hungUp;
}
