/** Levels of objects and lists that are looked through: a list of pictures with facts of each has its pixels four below the input. */
const maxLevels = 4;

/** Bytes of the typed arrays in a task's input, each once: what was decoded of uploads, and is held until the request ends. */
export function decodedBytes(input: unknown): number {
  let bytes = 0;
  for (const { byteLength } of new Set(arraysIn(input, maxLevels))) bytes += byteLength;
  return bytes;
}

function* arraysIn(input: unknown, levels: number): Generator<ArrayBufferView> {
  if (ArrayBuffer.isView(input)) yield input;
  else if (levels > 0 && typeof input === "object" && input !== null) {
    // Lists of token ids have a million members.
    if (Array.isArray(input) && typeof input[0] !== "object") return;
    for (const member of Object.values(input)) yield* arraysIn(member, levels - 1);
  }
}
