/** The thread of `holdLifeline`. It must not throw: nobody listens any more once it waits. */
import { Socket } from "node:net";
import { parentPort } from "node:worker_threads";
import { lifeline } from "./frames.ts";

const pipe = new Socket({ fd: lifeline, readable: true, writable: false });
pipe.on("error", () => {});
pipe.on("close", () => process.kill(process.pid, "SIGKILL"));
pipe.resume();
parentPort!.postMessage("waiting");
