/** Node's timers take more milliseconds for 1. */
export const maxTimer: number = 2 ** 31 - 1;

/** Acts after so many milliseconds; never when they are more than a timer can count. */
export function after(milliseconds: number, act: () => void): NodeJS.Timeout | undefined {
  return milliseconds > maxTimer ? undefined : setTimeout(act, milliseconds);
}

/** The same time for an option of Node's, for which 0 is no bound. */
export function nodeTimeout(milliseconds: number): number {
  return milliseconds > maxTimer ? 0 : Math.max(1, milliseconds);
}

/** TypeError for an option that is no number of milliseconds, or more than `max`. */
export function checkMilliseconds(name: string, value: unknown, max: number = Infinity): void {
  if (typeof value === "number" && value >= 0 && value <= max) return;
  const range = max === Infinity ? "0 or more" : `from 0 to ${max}`;
  throw new TypeError(`${name} must be a number of milliseconds, ${range}, not ${shown(value)}.`);
}

/** A value as a message quotes it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
