/** An error in the command line itself, a variable or a configuration file: exit status 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
