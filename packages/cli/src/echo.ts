/** Milliseconds in which npm's echo of a signal comes. */
const maxDelay = 500;
/** A package's script that runs us: `npm start` here, "kindred serve" elsewhere. */
const ourScript = /\bkindred\b/;

/**
 * Tells the echo of a signal from a second one. npm runs a script in a shell. The terminal or the service manager signals them
 * all at once; then npm passes the signal on, or the shell's end makes another of it. So under npm one further signal within
 * half a second is the same one. Without npm there is no echo, and each signal counts.
 *
 * @returns whether a signal at this time, in milliseconds, is an echo.
 */
export function echoes(environment: NodeJS.ProcessEnv): (time: number) => boolean {
  const isPossible = ourScript.test(environment["npm_lifecycle_script"] ?? "");
  const times: number[] = [];
  return (time) => {
    const [first = time] = times;
    return isPossible && times.push(time) === 2 && time - first <= maxDelay;
  };
}
