// @ts-check
import { upscaleTask } from "./api/images.js";
import { Catalogue } from "./catalogue.js";
import { EmbeddingsView } from "./embeddings/embeddings-view.js";
import { find, pick } from "./find.js";
import { ImagesView } from "./images/images-view.js";
import { KeyForm } from "./key-form.js";
import { ModelsView } from "./models/models-view.js";
import { isMoving } from "./models/residency.js";
import { Outage } from "./outage.js";
import { Tabs } from "./tabs.js";
import { TaskTabs } from "./tasks/task-tabs.js";

const catalogue = new Catalogue();
const tabs = new Tabs(find("tabs", HTMLElement));
const images = new ImagesView(catalogue, (file) => tasks.give(upscaleTask, "image", file));
const embeddings = new EmbeddingsView(catalogue);
const tasks = new TaskTabs(tabs, catalogue, pick(document, "main", HTMLElement));
/** @type {Readonly<Record<string, (id: string) => void>>} */
const own = {
  image(id) {
    images.choose(id);
    tabs.open("images");
  },
  embedding(id) {
    embeddings.choose(id);
    tabs.open("embeddings");
  },
};
new ModelsView(catalogue, (task) => own[task] ?? tasks.trialOf(task));
new Outage(catalogue);
new KeyForm(catalogue);

/** The tab of what the server can do. */
function ableTab() {
  if (catalogue.serves("image")) return "images";
  if (catalogue.serves("embedding")) return "embeddings";
  return tasks.first ?? "models";
}

catalogue.addEventListener("change", () => {
  if (tabs.opened === undefined) tabs.show(ableTab());
});
tabs.addEventListener("change", () => void catalogue.look());
catalogue.watch(() => {
  const isWatched = tabs.opened === "models";
  const moves = catalogue.models.some((model) =>
    isWatched ? isMoving(model) : model.state === "loading",
  );
  return moves || catalogue.problem !== undefined;
});
void catalogue.look();
