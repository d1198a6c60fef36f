// @ts-check
/**
 * Scrolls as little as shows an element: the page upwards or downwards, and sideways what it lies in. Chromium has the Tab key go on from an element that
 * `scrollIntoView` has shown, and keys are to go on from where they are.
 * @param {Element} element
 */
export function reveal(element) {
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const top = box.top - Number.parseFloat(scrollMarginTop);
  const bottom = box.bottom + Number.parseFloat(scrollMarginBottom);
  scrollBy(0, excess(top, bottom, innerHeight));
  const around = element.parentElement;
  if (!around) return;
  const { left, width } = around.getBoundingClientRect();
  around.scrollLeft += excess(box.left - left, box.right - left, width);
}

/**
 * How far a part of a line is before its beginning, negative, or behind its end. 0 for one that is within, or covers it.
 * @param {number} start
 * @param {number} end
 * @param {number} size
 */
function excess(start, end, size) {
  if (start < 0 && end < size) return Math.max(start, end - size);
  if (start > 0 && end > size) return Math.min(start, end - size);
  return 0;
}
