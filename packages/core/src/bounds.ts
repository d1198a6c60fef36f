import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";

export interface BoundEvent {
  /** The setting that has the bound, such as "connections.max", or a name of that kind for one that is fixed. */
  readonly bound: string;
}

/**
 * "kindred:bound", a channel of `node:diagnostics_channel`: a bound was reached, and something was refused, closed or ended for it.
 * Its message is a `BoundEvent`.
 */
export const bounds: Channel = channel("kindred:bound");

/**
 * Tells `bounds` that one of them was reached. Whoever refuses, closes or ends something calls it, once for each. A plugin's name
 * is a constant of its program: metrics keep a series for each.
 */
export function reached(bound: string): void {
  if (bounds.hasSubscribers) bounds.publish({ bound });
}
