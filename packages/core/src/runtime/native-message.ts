/** A file of onnxruntime's sources, the line, and the function's whole signature, as gcc and clang write it. */
const location = /\S*\/onnxruntime\/\S+:\d+ .*?\)(?: const)?(?: \[with .*?\])? /g;
/** The same of MSVC, which writes the function's name alone, and of messages that shorten it. */
const shortLocation = /\S*?[\w.]+\.(?:cc|cpp|h):\d+ \S+ /g;
const prefix = /\[ONNXRuntimeError\] : \d+ : \w+ : /g;

/** A message of onnxruntime without the places in its sources: what is left tells about the graph. */
export function withoutCode(message: string): string {
  return message.replace(location, "").replace(shortLocation, "").replace(prefix, "");
}
