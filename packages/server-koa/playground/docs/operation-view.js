// @ts-check
import { Curl } from "../curl.js";
import { copyOf, pick } from "../find.js";
import { exampleOf } from "./example.js";
import { fieldList, parameterList } from "./field-list.js";
import { part } from "./part.js";
import { replyParts } from "./replies.js";
/** @import { Operation } from "./operations.js" */
/** @import { Root } from "./schema.js" */

/**
 * Shows an operation: what it takes, an example as curl, and what it answers. Its id is the operation's.
 * @param {Operation} operation
 * @param {Root} root
 * @param {string | undefined} model An id of a model that serves it.
 */
export function operationView(operation, root, model) {
  const { id, method, name, summary, description = "", parameters, body = {}, replies } = operation;
  const view = copyOf("operation-template");
  view.id = id;
  pick(view, ".method", HTMLElement).textContent = method;
  pick(view, ".path", HTMLElement).textContent = name;
  pick(view, ".operation-summary", HTMLElement).textContent = summary;
  const words = pick(view, ".operation-description", HTMLElement);
  words.textContent = description;
  words.hidden = description === "";
  pick(view, ".operation-link", HTMLAnchorElement).href = `#${id}`;
  new Curl(pick(view, ".curl", HTMLDetailsElement), () => exampleOf(operation, root, model));
  const bodies = Object.entries(body).map(([type, { schema }]) =>
    part("Body", type, fieldList(schema, root)),
  );
  pick(view, ".operation-body", HTMLElement).append(
    ...(parameters.length > 0 ? [part("Parameters", "", parameterList(parameters, root))] : []),
    ...bodies,
    ...replyParts(replies, root),
  );
  return view;
}
