import type { ApiError } from "../../api-error.ts";
import { withMessages } from "../../i18n/load-messages.ts";
import { lazyComponent } from "../../lazy-component.ts";

/** Shown instead of a private video until the viewer has proven that they may watch it. */
export const LockedVideo = lazyComponent(() =>
  withMessages("locked", import("./locked-video.tsx")).then((module) => module.LockedVideo),
);

/** The `key` of a link to a private video, in the address of the page. */
export const linkKey = (): string | null => new URLSearchParams(location.search).get("key");

/** Whether the viewer can do something about an error. */
export const isLocked = ({ code, status }: ApiError): boolean =>
  ["password_required", "invitation_required", "premiere_pending"].includes(code) ||
  (status === 404 && linkKey() !== null);
