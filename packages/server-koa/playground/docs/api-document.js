// @ts-check
import { listModels } from "../api/models.js";
import { getJson } from "../api/request.js";
/** @import { Model } from "../api/models.js" */
/** @import { Schema } from "./schema.js" */

/**
 * The server's OpenAPI document, as far as the page shows it.
 * @typedef {object} OpenApi
 * @property {{ name: string }[]} tags
 * @property {Record<string, Record<string, any>>} paths
 * @property {{ schemas: Record<string, Schema>, responses: Record<string, Reply> }} components
 */

/**
 * @typedef {Record<string, { schema: Schema }>} Content By media types.
 * @typedef {{ description: string, content?: Content }} Reply
 */

/** The document of the server and its models, as of the last look that succeeded. Dispatches "change" after each look. */
export class ApiDocument extends EventTarget {
  /** Undefined until a look has succeeded. @type {OpenApi | undefined} */
  openApi;
  /** @type {Model[]} */
  models = [];
  /** Why the last look failed, if it did. @type {unknown} */
  problem;

  async look() {
    try {
      const [openApi, models] = await Promise.all([getJson("openapi.json"), listModels()]);
      this.openApi = openApi;
      this.models = models;
      this.problem = undefined;
    } catch (error) {
      this.problem = error;
    }
    this.dispatchEvent(new Event("change"));
  }
}
