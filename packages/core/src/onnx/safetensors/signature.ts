/** Other files that go by the name of weights, by their first bytes as latin1. */
const signatures: readonly (readonly [RegExp, string])[] = [
  [/^version /, "is a Git LFS pointer to the file. Fetch the file itself, as `git lfs pull` does."],
  [/^GGUF/, "is a GGUF file, which Kindred does not read. Fetch the model's .safetensors files."],
  [
    /^(PK|\x80)/,
    "is a pickle. Pickles can run code when opened, so Kindred does not read them. Fetch the .safetensors files.",
  ],
  [/^\s*<(!doc|html)/i, "is a web page. Fetch the file itself."],
];

/** Says what a file is that begins with these bytes, and what to do: sentences that follow its name. undefined when not known. */
export function signatureOf(start: Buffer): string | undefined {
  const text = start.toString("latin1");
  return signatures.find(([pattern]) => pattern.test(text))?.[1];
}
