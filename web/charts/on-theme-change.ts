/**
 * Calls a function when the theme changes, by the button in the header or by the device: a canvas keeps the colours with
 * which it was drawn.
 * @returns a function that ends it
 */
export function onThemeChange(redraw: () => void): () => void {
  const device = matchMedia("(prefers-color-scheme: dark)");
  device.addEventListener("change", redraw);
  const button = new MutationObserver(redraw);
  button.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    device.removeEventListener("change", redraw);
    button.disconnect();
  };
}
