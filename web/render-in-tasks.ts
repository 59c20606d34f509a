import { options } from "preact";

/** As long as pages take to load on slow phones; later renders follow an action of the viewer and run at once. */
const START_MS = 10_000;
const INPUTS = ["pointerdown", "keydown"] as const;

/**
 * While a page starts, each render is a task of its own. Preact's microtasks would make one long task of a page whose code and
 * data have arrived: skeleton, data, player. In between, the browser can paint and react.
 */
export function renderInTasks(): void {
  // Unlike timers, messages are not slowed down when there are many, nor in a tab in the background.
  const { port1, port2 } = new MessageChannel();
  options.debounceRendering = (render) => {
    port1.onmessage = render;
    port2.postMessage(null);
  };
  const stop = () => {
    delete options.debounceRendering;
  };
  for (const name of INPUTS) addEventListener(name, stop, { capture: true, once: true });
  setTimeout(stop, START_MS);
}
