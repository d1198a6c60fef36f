/** Milliseconds between two looks. */
const interval = 250;

/**
 * Ends this process by SIGTERM once the shell that npm started it from is gone: `npm start` and `npx` stop that shell by a
 * signal, which it does not pass on. Does nothing where no npm did: a server may outlive a terminal.
 */
export function endWithNpm(env: NodeJS.ProcessEnv): void {
  if (env["npm_command"] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, interval);
  watch.unref();
}
