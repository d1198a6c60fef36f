/** Levels of objects and lists that are looked through: a list of pictures has its pixels three levels below the input. */
const maxLevels = 3;

/** Bytes of the typed arrays in a task's input: what was decoded of uploads, and is held until the request ends. */
export function decodedBytes(input: unknown, levels: number = maxLevels): number {
  if (ArrayBuffer.isView(input)) return input.byteLength;
  if (levels === 0 || typeof input !== "object" || input === null) return 0;
  // Lists of token ids have a million members.
  if (Array.isArray(input) && typeof input[0] !== "object") return 0;
  return Object.values(input).reduce<number>(
    (sum, member) => sum + decodedBytes(member, levels - 1),
    0,
  );
}
