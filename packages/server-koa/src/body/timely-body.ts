import type { IncomingMessage } from "node:http";
import { reached } from "@kindred/core";
import { maxTimer } from "../milliseconds.ts";
import type { ReadBody } from "./read-body.ts";

/** Bytes a second that a body must bring, as Apache's mod_reqtimeout asks for: 64 MiB have 37 hours. */
const minRate = 500;

/** A body that is being read. */
interface Reading {
  readonly request: IncomingMessage;
  /** Begins a period, by `performance.now()`. */
  since: number;
  /** Bytes that its connection had brought then. */
  before: number;
  stop(): void;
}

/**
 * The same reader, which answers 408 and closes the connection when a body stops: in each period of so many milliseconds its
 * connection must bring `minRate` bytes a second. One timer looks at all bodies, four times a period.
 */
export function timelyBody(readBody: ReadBody, milliseconds: number): ReadBody {
  if (milliseconds > maxTimer) return readBody;
  const minBytes = Math.ceil((milliseconds / 1000) * minRate);
  const readings = new Set<Reading>();
  let looking: NodeJS.Timeout | undefined;

  const look = (): void => {
    const now = performance.now();
    for (const reading of readings) {
      if (now - reading.since < milliseconds) continue;
      const { bytesRead } = reading.request.socket;
      if (!reading.request.complete && bytesRead - reading.before < minBytes) reading.stop();
      reading.since = now;
      reading.before = bytesRead;
    }
    if (readings.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };

  return (ctx, exchange) =>
    new Promise((resolve, reject) => {
      const { req: request } = ctx;
      const stop = (): void => {
        readings.delete(reading);
        reject(tooSlow(minBytes, milliseconds));
      };
      const { bytesRead: before } = request.socket;
      const reading: Reading = { request, since: performance.now(), before, stop };
      readings.add(reading);
      looking ??= setInterval(look, Math.max(1, milliseconds / 4)).unref();
      void readBody(ctx, exchange)
        .then(resolve, reject)
        .finally(() => readings.delete(reading));
    });
}

function tooSlow(minBytes: number, milliseconds: number): Error {
  reached("bodyTimeout");
  const seconds = milliseconds / 1000;
  const message = `The body stopped: fewer than ${minBytes} bytes of it came in ${seconds} seconds (bodyTimeout). Send it again.`;
  const headers = { connection: "close" };
  return Object.assign(new Error(message), { status: 408, expose: true, headers });
}
