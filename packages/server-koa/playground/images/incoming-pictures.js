// @ts-check

/**
 * Hears of pictures that are dropped onto an element, or pasted while it is visible.
 * @param {HTMLElement} element It has the attribute data-dropping while a file is over it.
 * @param {(file: File, target: Element) => void} take
 */
export function hearPictures(element, take) {
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    element.toggleAttribute("data-dropping", true);
  });
  element.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && element.contains(relatedTarget)) return;
    element.toggleAttribute("data-dropping", false);
  });
  element.addEventListener("drop", (event) => {
    element.toggleAttribute("data-dropping", false);
    deliver(event, event.dataTransfer);
  });
  document.addEventListener("paste", (event) => {
    if (!element.checkVisibility() || document.querySelector("dialog[open]")) return;
    // Programs that copy a text often add a picture of it.
    if (isTextField(event.target) && event.clipboardData?.types.includes("text/plain")) return;
    deliver(event, event.clipboardData);
  });

  /**
   * @param {Event} event
   * @param {DataTransfer | null} data
   */
  function deliver(event, data) {
    const [file] = data?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file, event.target instanceof Element ? event.target : element);
  }
}

/** @param {EventTarget | null} target */
function isTextField(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}
