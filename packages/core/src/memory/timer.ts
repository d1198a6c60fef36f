/** The most milliseconds that a timer of Node's can count. It takes more for 1. */
export const maxTimer: number = 2 ** 31 - 1;

/** Acts after so many milliseconds, or never where that is more than a timer can count. Returns what ends the waiting. */
export function after(milliseconds: number, act: () => void): () => void {
  if (milliseconds > maxTimer) return () => {};
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

/** Settles as `work` does. Rejects when it has not settled after so many milliseconds; the work goes on. */
export function settledWithin<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = `It has not ended after ${milliseconds / 1000} s.`;
    const stop = after(milliseconds, () => reject(new Error(late)));
    void work.then(resolve, reject).finally(stop);
  });
}
