/** A fault in a tokenizer's files. The message names the file and the field. */
export class FileFault extends Error {
  override readonly name = "FileFault";
  /** What to do about it: "Set it to false". Default: to fetch the files again. */
  readonly advice: string | undefined;

  constructor(
    message: string,
    { advice, cause }: { advice?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.advice = advice;
  }
}

/** The result of `make`. What it throws becomes a fault of that file, unless it is a fault already. */
export async function inFile<Result>(
  file: string,
  make: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await make();
  } catch (cause) {
    if (cause instanceof FileFault) throw cause;
    throw new FileFault(`${file}: ${(cause as Error).message}`, { cause });
  }
}
