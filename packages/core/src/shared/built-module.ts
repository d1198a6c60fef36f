/**
 * File URL of the built module `name`, a relative path that ends in ".js". `from` is the `import.meta.url` of the module that
 * asks. Processes and threads begin with JavaScript, so a module that runs from its source in src/ gets the one in dist/.
 */
export function builtModule(name: string, from: string): string {
  const { href } = new URL(name, from);
  return from.endsWith(".ts") ? href.replace(/\/src\/(?!.*\/src\/)/, "/dist/") : href;
}
