/** Parts of a launch as `createKernel` takes them, which messages name, and as the command line takes them. */
const notations: readonly (readonly [RegExp, string])[] = [
  [/\bfamily: "([a-z0-9-]+)"/g, "ID=PATH#$1"],
  [/\boptions: \{ (\w+): "([^"]*)" \}/g, "--option ID.$1=$2"],
  [/\bthe memory of budgetAllocator\b/g, "--memory"],
];

/** A message of the kernel or of a plugin, with its advice as it is typed here. */
export function inCommandLine(message: string): string {
  return notations.reduce((text, [notation, typed]) => text.replace(notation, typed), message);
}
