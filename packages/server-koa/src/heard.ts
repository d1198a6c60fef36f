import type { Channel, TracingChannel } from "node:diagnostics_channel";

/** What is heard of the events of a tracing channel: their beginning, and their end with the error that they failed with. */
export interface TracingListener {
  start?(event: object): void;
  asyncEnd(event: object & { readonly error?: unknown }): void;
}

/** Hears the events of a tracing channel. Returns what ends that. */
export function heardEvents(
  channel: TracingChannel<any, any>,
  listener: TracingListener,
): () => void {
  // The types of Node ask for handlers of all five events, and Node does not.
  channel.subscribe(listener as never);
  return () => channel.unsubscribe(listener as never);
}

/** Hears the messages of a channel, which are of type `Message`. Returns what ends that. */
export function heardMessages<Message>(
  channel: Channel,
  heard: (message: Message) => void,
): () => void {
  const listener = (message: unknown): void => heard(message as Message);
  channel.subscribe(listener);
  return () => void channel.unsubscribe(listener);
}
