import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { treeMemory, treePeak, treeTime } from "./process-tree.js";

const script = fileURLToPath(new URL("contender.js", import.meta.url));

/** Starts a contender in a process of its own. */
export async function start(name, folder, settings) {
  const child = fork(script, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ask = (task, details = {}) =>
    new Promise((resolve, reject) => {
      const ended = (code, signal) => reject(new Error(`${name} ended: ${signal ?? code}`));
      child.once("exit", ended);
      child.once("message", ({ error, result }) => {
        child.off("exit", ended);
        if (error) reject(new Error(error));
        else resolve(result);
      });
      child.send({ task, ...details });
    });
  const flops = await ask("open", { name, folder, settings });
  const contender = {
    name,
    settings,
    flops,
    ask,
    ended: false,
    memoryNow: () => treeMemory(child.pid),
    memoryPeak: () => treePeak(child.pid),
    processorTime: () => treeTime(child.pid),
    end() {
      if (child.connected) child.disconnect();
      contender.ended = true;
    },
  };
  return contender;
}
