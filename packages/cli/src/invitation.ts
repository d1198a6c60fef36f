import { demoEmbedding, demoImage } from "@kindred/demo-models";
import { asTyped } from "./as-typed.ts";

/** Commands to try next, for the demo models served at `url`. They take a key from the shell, where the server has some. */
export function invitation(url: string, hasKeys: boolean): string {
  const key = hasKeys ? ` -H "authorization: Bearer $KINDRED_API_KEY"` : "";
  const json = `-H 'content-type: application/json'${key}`;
  const picture = {
    model: demoImage.id,
    prompt: "a beautiful sunset over a calm ocean",
    response_format: "url",
  };
  const vectors = { model: demoEmbedding.id, input: ["a red fox", "the sea"] };
  return `
  curl -s ${url}/v1/images/generations ${json} -d '${JSON.stringify(picture)}'
  curl -s ${url}/v1/embeddings ${json} -d '${JSON.stringify(vectors)}'
  curl -s ${url}/v1/models${key}

These are small models of our own. To serve a checkpoint of Hugging Face, by its name or from a folder:

  ${asTyped("serve")} OWNER/NAME
  ${asTyped("serve")} --model ID=FOLDER

Shorter names that are known: ${asTyped("models")}
`;
}
