const units = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** Three digits and a decimal unit, as error messages say it: "1.4 GB", "130 MB". */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (Number(amount.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${Number(amount.toPrecision(3))} ${units[unit]}`;
}
