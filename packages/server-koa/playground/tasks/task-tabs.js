// @ts-check
import { embeddingsPath } from "../api/embeddings.js";
import { imagesPath, picturePaths } from "../api/images.js";
import { pathOf } from "../api/endpoints.js";
import { TaskView } from "./task-view.js";
/** @import { Endpoint } from "../api/endpoints.js" */
/** @import { Catalogue } from "../catalogue.js" */
/** @import { Tabs } from "../tabs.js" */

/** Endpoints of the tasks that have tabs of their own making. */
const own = new Set([imagesPath, ...picturePaths, embeddingsPath]);

/** The tabs of the endpoints that plugins add, one for each, in step with the server's. */
export class TaskTabs {
  #tabs;
  #catalogue;
  #parent;
  /** By the endpoint as JSON: one that changed is made anew. @type {Map<string, { endpoint: Endpoint, view: TaskView }>} */
  #views = new Map();

  /**
   * @param {Tabs} tabs
   * @param {Catalogue} catalogue
   * @param {HTMLElement} parent Holds the panels.
   */
  constructor(tabs, catalogue, parent) {
    this.#tabs = tabs;
    this.#catalogue = catalogue;
    this.#parent = parent;
    catalogue.addEventListener("change", () => this.#follow(catalogue.endpoints ?? []));
  }

  /** The first tab whose task a model serves. */
  get first() {
    return this.#all.find(({ endpoint }) => this.#catalogue.serves(endpoint.task))?.endpoint.path;
  }

  /**
   * What tries a model of a task; undefined when no tab does.
   * @param {string} task
   * @returns {((id: string) => void) | undefined}
   */
  trialOf(task) {
    const found = this.#of(task);
    if (!found) return undefined;
    return (id) => {
      found.view.choose(id);
      this.#tabs.open(found.endpoint.path);
    };
  }

  /**
   * Opens the tab of a task with a file in one of its fields.
   * @param {string} task
   * @param {string} field
   * @param {File} file
   */
  give(task, field, file) {
    const found = this.#of(task);
    if (!found) return;
    this.#tabs.open(found.endpoint.path);
    found.view.give(field, file);
  }

  get #all() {
    return [...this.#views.values()];
  }

  /** @param {string} task */
  #of(task) {
    return this.#all.find(({ endpoint }) => endpoint.task === task);
  }

  /** @param {Endpoint[]} endpoints */
  #follow(endpoints) {
    const asked = endpoints.filter((endpoint) => !own.has(pathOf(endpoint)));
    const gone = new Map(this.#views);
    for (const endpoint of asked) {
      const key = JSON.stringify(endpoint);
      if (!gone.delete(key)) this.#add(key, endpoint);
    }
    for (const [key, { endpoint, view }] of gone) {
      this.#views.delete(key);
      this.#tabs.remove(endpoint.path);
      view.close();
    }
  }

  /**
   * @param {string} key
   * @param {Endpoint} endpoint
   */
  #add(key, endpoint) {
    const name = nameOf(endpoint);
    const view = new TaskView(endpoint, name, this.#catalogue);
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", role: "tab", value: endpoint.path, textContent: name });
    tab.id = `${view.panel.id}-tab`;
    tab.setAttribute("aria-controls", view.panel.id);
    view.panel.setAttribute("aria-labelledby", tab.id);
    this.#views.set(key, { endpoint, view });
    this.#parent.append(view.panel);
    this.#tabs.add(tab);
  }
}

/**
 * "Rerank" of "/v1/rerank", "Images edits" of "/v1/images/edits".
 * @param {Endpoint} endpoint
 */
function nameOf({ path }) {
  const words = path.replace(/^\/(v\d+\/)?/, "").replace(/[/_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
