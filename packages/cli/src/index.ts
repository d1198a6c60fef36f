export { main } from "./main.ts";
export { endWithNpm } from "./npm-parent.ts";
