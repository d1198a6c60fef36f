import type { TracingChannel } from "node:diagnostics_channel";
import { heardEvents } from "../heard.ts";

export interface Timed {
  /** Since the event began. */
  readonly seconds: number;
  readonly outcome: "done" | "failed";
  /** Why it failed. undefined where it did not. */
  readonly error: unknown;
}

/** Hears how long what a channel tells of took, and how it ended. Returns what ends that. */
export function timed<Event extends object>(
  channel: TracingChannel<object, Event>,
  heard: (event: Event, timed: Timed) => void,
): () => void {
  const begun = new WeakMap<object, number>();
  return heardEvents(channel, {
    start: (event) => void begun.set(event, performance.now()),
    asyncEnd(event) {
      const since = begun.get(event);
      // It began before anybody listened.
      if (since === undefined) return;
      const { error } = event;
      const outcome = error === undefined ? "done" : "failed";
      heard(event as Event, { seconds: (performance.now() - since) / 1000, outcome, error });
    },
  });
}
