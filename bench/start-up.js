import { ask } from "./contenders/kindred-http.js";
import { startServer } from "./server.js";
import { quantile } from "./statistics.js";

const times = 5;

/** Milliseconds from the spawning of the server until it listens, and from then until its first answer. */
export async function measureStart(folder, text) {
  const listening = [];
  const answer = [];
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    const { url, server } = await startServer(folder);
    const listens = performance.now();
    await ask(url, [text]);
    listening.push(listens - before);
    answer.push(performance.now() - listens);
    server.kill();
  }
  return { listening: quantile(listening), firstAnswer: quantile(answer) };
}
