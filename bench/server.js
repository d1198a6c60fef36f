import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../packages/cli/bin/kindred.js", import.meta.url));

/** Starts `kindred serve` with the model and further options. Resolves once the server says that it listens. The server ends with this process. */
export function startServer(folder, options = []) {
  const args = ["serve", "--port", "0", "--model", `model=${folder}`, ...options];
  const server = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => server.kill();
  process.once("exit", kill);
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-2000);
    });
    server.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url) resolve({ url, server });
    });
    server.once("exit", (code) => {
      process.off("exit", kill);
      reject(new Error(`kindred serve ended with ${code}: ${said}`));
    });
  });
}
