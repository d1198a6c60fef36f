// @ts-check
import { Catalogue } from "./catalogue.js";
import { EmbeddingsView } from "./embeddings/embeddings-view.js";
import { find } from "./find.js";
import { ImagesView } from "./images/images-view.js";
import { ModelsView } from "./models/models-view.js";
import { Tabs } from "./tabs.js";

const catalogue = new Catalogue();
const tabs = new Tabs(find("tabs", HTMLElement));
const images = new ImagesView(catalogue);
const embeddings = new EmbeddingsView(catalogue);
new ModelsView(catalogue, {
  image(id) {
    images.choose(id);
    tabs.open("images");
  },
  embedding(id) {
    embeddings.choose(id);
    tabs.open("embeddings");
  },
});

tabs.addEventListener("change", () => void catalogue.look());
void catalogue.watch(
  () =>
    tabs.opened === "models" ||
    catalogue.problem !== undefined ||
    catalogue.models.some(({ state }) => state === "loading"),
);
void catalogue.look();
