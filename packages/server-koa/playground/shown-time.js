// @ts-check

/**
 * A time in words, rounded up: "42 sec", "5 min", "2 hr".
 * @param {number} seconds
 */
export function shownTime(seconds) {
  if (seconds < 60) return shown(seconds, "second");
  return seconds < 5_400 ? shown(seconds / 60, "minute") : shown(seconds / 3_600, "hour");
}

/**
 * @param {number} amount
 * @param {string} unit
 */
function shown(amount, unit) {
  const format = new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "short" });
  return format.format(Math.ceil(amount));
}
