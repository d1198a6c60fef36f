// @ts-check
import { copyOf, find, pick } from "../find.js";
import { KeyForm } from "../key-form.js";
import { ApiDocument } from "./api-document.js";
import { operationView } from "./operation-view.js";
import { operationsOf } from "./operations.js";

const api = new ApiDocument();
const tags = find("docs-tags", HTMLElement);
const groups = find("docs-groups", HTMLElement);
const problem = find("docs-problem", HTMLElement);
new KeyForm(api);

api.addEventListener("change", () => {
  const isKeyAsked = !find("key-form", HTMLFormElement).hidden;
  problem.hidden = api.problem === undefined || isKeyAsked;
  problem.textContent = api.problem instanceof Error ? api.problem.message : String(api.problem);
  if (api.openApi) show(api.openApi);
});
addEventListener("hashchange", openAsked);
void api.look();

/** @param {NonNullable<ApiDocument["openApi"]>} openApi */
function show(openApi) {
  const operations = operationsOf(openApi);
  // What models do is asked for more often than how the server stands.
  const served = openApi.tags.toSorted(
    (one, other) => Number(Boolean(modelOf(other.name))) - Number(Boolean(modelOf(one.name))),
  );
  const named = served.map(({ name }) => {
    const group = copyOf("group-template");
    group.id = `group-${name}`;
    pick(group, "h2", HTMLElement).textContent = name;
    const own = operations.filter(({ tag }) => tag === name);
    const model = modelOf(name);
    group.append(...own.map((each) => operationView(each, openApi, model)));
    return group;
  });
  groups.replaceChildren(...named);
  tags.replaceChildren(...named.map(linkTo));
  openAsked();
}

/**
 * The id of a model of a task: plugins' routes are grouped by these.
 * @param {string} task
 */
function modelOf(task) {
  const able = api.models.find((model) => model.task === task || model.sideTasks?.includes(task));
  return able?.id;
}

/** @param {HTMLElement} group */
function linkTo({ id, firstElementChild }) {
  const link = document.createElement("a");
  return Object.assign(link, { href: `#${id}`, textContent: firstElementChild?.textContent });
}

/** Opens the operation that the address names. */
function openAsked() {
  const asked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!asked || !groups.contains(asked)) return;
  if (asked instanceof HTMLDetailsElement) asked.open = true;
  asked.scrollIntoView({ block: "start" });
  asked.querySelector("summary")?.focus({ preventScroll: true });
}
