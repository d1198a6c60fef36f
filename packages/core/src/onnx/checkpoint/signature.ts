/** What a file is, as a clause that follows its name, and what to do. */
type Known = readonly [clause: string, advice: string];

/** Other files that go by the name of weights, by their first bytes as latin1. */
const signatures: readonly (readonly [RegExp, Known])[] = [
  [
    /^version /,
    ["is a Git LFS pointer to the file", "Fetch the file itself, as `git lfs pull` does."],
  ],
  [
    /^GGUF/,
    ["is a GGUF file, which Kindred does not read", "Fetch the model's .safetensors files."],
  ],
  [
    /^(PK|\x80)/,
    [
      "is a file of PyTorch's, and not of safetensors",
      "Fetch the .safetensors files, or give it the ending .bin.",
    ],
  ],
  [
    /^.{7}\0\{"/s,
    ["is a file of safetensors, and not of PyTorch's", "Give it the ending .safetensors."],
  ],
  [/^\s*<(!doc|html)/i, ["is a web page", "Fetch the file itself."]],
];

/** Says what a file is that begins with these bytes, and what to do. undefined when not known. */
export function signatureOf(start: Buffer): Known | undefined {
  const text = start.toString("latin1");
  return signatures.find(([pattern]) => pattern.test(text))?.[1];
}
