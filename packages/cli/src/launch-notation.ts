/** Advice in the words of `createKernel`, and as the command line takes it. */
const notations: readonly (readonly [RegExp, string])[] = [
  [/\bfamily: "([a-z0-9-]+)"/g, "ID=PATH#$1"],
  [/\boptions: \{ controlnet: \{ "?([\w.-]+)"?: "([^"]*)" \} \}/g, "--controlnet $1=$2"],
  [/\boptions: \{ (\w+): "?([^"]*?)"? \}/g, "--option ID.$1=$2"],
  [
    /\ban upload, or (?:in JSON )?a data URL(?: as in "data:image\/png;base64,…")?/g,
    "a file, as FIELD=@PATH",
  ],
  [/\bmore memory\b/g, "more --memory"],
];

/** A message of the kernel or of a plugin, with its advice as it is typed here. */
export function inCommandLine(message: string): string {
  return notations.reduce((text, [notation, typed]) => text.replace(notation, typed), message);
}
