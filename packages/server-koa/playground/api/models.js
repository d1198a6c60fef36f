// @ts-check
import { getJson } from "./request.js";

/**
 * One model of `GET /v1/models`.
 * @typedef {object} Model
 * @property {string} id
 * @property {string} [model_name] The published or registered model that it is, or its id.
 * @property {string[]} [aliases] Further names that it is asked by.
 * @property {true} [onDemand] Whether a request launched it.
 * @property {string} [task] "image", "embedding", or another plugin's. Absent while unknown.
 * @property {string[]} [sideTasks] Tasks that it does beside that.
 * @property {"loading" | "ready" | "failed"} state "ready": its graphs may still be opened by the first request.
 * @property {string} [reason] The reason why it failed.
 * @property {Progress & { what: string, file?: Progress & { name: string } }} [progress] Bytes of a download, while it is loading.
 * @property {string} [family]
 * @property {string} [device]
 * @property {number} [waiting] Requests in its queue.
 * @property {{ leased: number, needed: number }} [memory] Bytes that it holds now, and the peak of its largest graph.
 * @property {Graph[]} [graphs]
 * @property {number} [replicas] Runs that may go on side by side.
 * @property {number} [keepAlive] Seconds without a request after which its graphs are closed. Infinity: never.
 * @property {number} [idle] Seconds since its last request. Absent while it works.
 * @property {string} [about] What it can do, for people.
 * @property {string[]} [examples] Prompts that it draws well.
 * @property {string[]} [model_ability] Of an image model: "text2image", "image2image", "inpainting".
 * @property {string[]} [controlnet] Its ControlNets, by name.
 * @property {number[]} [upscales] How many times it can enlarge a finished picture.
 * @property {string} [size] Default size of images.
 * @property {string} [drawn_size] The only size that is drawn; others are made from it.
 * @property {string[]} [samplers]
 * @property {{ num_inference_steps: number, guidance_scale: number }} [defaults]
 * @property {number} [dimensions] Length of an embedding.
 * @property {number} [max_tokens]
 * @property {string[]} [prompts]
 */

/**
 * @typedef {object} Graph
 * @property {string} name
 * @property {boolean} open
 * @property {number} bytes Weights, in bytes.
 * @property {number} workspaceBytes Activations of the largest run so far, in bytes.
 */

/** @typedef {{ done: number, total: number }} Progress */

/** @returns {Promise<Model[]>} */
export async function listModels() {
  const { data } = await getJson("v1/models");
  return data.map(known);
}

/**
 * The facts of a model that are known. JSON has null for others, and for a keep-alive without end.
 * @param {Record<string, unknown>} model
 */
function known({ keepAlive, ...facts }) {
  const told = Object.entries(facts).filter(([, value]) => value !== null);
  const kept = keepAlive === undefined ? {} : { keepAlive: keepAlive ?? Infinity };
  return { ...Object.fromEntries(told), ...kept };
}
