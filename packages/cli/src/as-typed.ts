/** A command of `kindred` as the reader can type it, who may have started it by a script of npm's: "kindred serve" or "npm start --". */
export function asTyped(command: "models" | "serve"): string {
  const script = process.env["npm_lifecycle_event"];
  if (script === "start" && command === "serve") return "npm start --";
  if (script === "start" || script === "kindred" || script === "npx")
    return `npx kindred ${command}`;
  return `kindred ${command}`;
}
