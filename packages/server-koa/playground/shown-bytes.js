// @ts-check

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/**
 * A number of bytes in words: "95 MB".
 * @param {number} bytes
 */
export function shownBytes(bytes) {
  const step = Math.min(Math.floor(Math.log10(Math.max(1, bytes)) / 3), units.length - 1);
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[step],
    unitDisplay: step === 0 ? "long" : "short",
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** step);
}
