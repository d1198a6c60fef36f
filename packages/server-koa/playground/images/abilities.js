// @ts-check
import { ApiError } from "../api/errors.js";
/** @import { ImageFiles } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

/**
 * Whether a model draws over pictures.
 * @param {Model | undefined} model
 */
export function drawsOver(model) {
  return can(model, "image2image") || can(model, "inpainting");
}

/**
 * Whether a model draws only within a mask.
 * @param {Model | undefined} model
 */
export function onlyWithinMask(model) {
  return can(model, "inpainting") && !can(model, "image2image") && !can(model, "text2image");
}

/**
 * Throws an `ApiError` that names the picture or the mask which a model needs and a request lacks.
 * @param {Model} model
 * @param {ImageFiles} files
 */
export function demandFiles(model, { image, mask }) {
  if (!onlyWithinMask(model) || (image && mask)) return;
  const [param, lack] = image ? ["mask", "Paint a mask."] : ["image", "Choose a picture first."];
  throw new ApiError({
    message: `${model.id} draws only within the mask of a picture. ${lack}`,
    param,
  });
}

/**
 * Whether a model states an ability.
 * @param {Model | undefined} model
 * @param {string} ability
 */
export function can(model, ability) {
  return model?.model_ability?.includes(ability) ?? false;
}
