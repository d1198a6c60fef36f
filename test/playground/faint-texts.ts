/** Runs in the page. Returns its visible texts whose contrast with their background is below 4.5, which WCAG's AA requires. */
export function faintTexts(): readonly string[] {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;

  /** Red, green and blue of any CSS colours, painted one over the other. */
  const painted = (colours: readonly string[]): readonly number[] => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = rgb.map((byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string[] =>
    element
      ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor]
      : ["white"];

  const own = (element: Element): string =>
    Array.from(element.childNodes, (node) => (node.nodeType === 3 ? node.textContent : ""))
      .join("")
      .trim();
  const faint: string[] = [];
  for (const element of document.body.querySelectorAll("*")) {
    const text = own(element);
    if (text === "" || !element.checkVisibility()) continue;
    const back = behind(element);
    const [dark = 0, light = 0] = [
      luminance(painted(back)),
      luminance(painted([...back, getComputedStyle(element).color])),
    ].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${text.slice(0, 60)}`);
  }
  return faint;
}
