// A server whose graphs' processes lack the variable that keeps onnxruntime from reporting to its makers.
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

const { fork, spawn } = childProcess;
const without = ({ env, ...options } = {}) => {
  const { ORT_DISABLE_TELEMETRY: _, ...others } = env ?? process.env;
  return { ...options, env: others };
};
childProcess.spawn = (command, args, options) => spawn(command, args, without(options));
childProcess.fork = (script, args, options) => fork(script, args, without(options));
syncBuiltinESMExports();
