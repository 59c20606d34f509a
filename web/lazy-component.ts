import type { ComponentType, FunctionComponent } from "preact";
import { lazy } from "preact-iso";

/**
 * A component whose code is loaded when it is first rendered. If that fails, rendering it throws, so that the page's
 * error boundary shows the error; preact-iso's `lazy` would wait forever.
 */
export function lazyComponent<Props>(
  load: () => Promise<ComponentType<Props>>,
): FunctionComponent<Props> {
  return lazy(() =>
    load().catch((error: unknown): ComponentType<Props> => {
      return function NotLoaded() {
        throw error;
      };
    }),
  ) as unknown as FunctionComponent<Props>;
}
