import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { t } from "../i18n/translate.ts";

/** Whether a path is this page, or one of the pages below `within`, which keep the changes. */
function keepsChanges(pathname: string, within: string | undefined): boolean {
  return (
    pathname === location.pathname ||
    (within !== undefined && (pathname === within || pathname.startsWith(`${within}/`)))
  );
}

/** The address of a link that would leave the page within the site; null for every other click. */
function leavingAddress(event: MouseEvent, within: string | undefined): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || !/^(?:_self)?$/.test(link.target) || link.hasAttribute("download"))
    return null;
  const { origin, pathname } = new URL(link.href);
  return origin === location.origin && !keepsChanges(pathname, within) ? link.href : null;
}

interface Props {
  isActive: boolean;
  /** Says what has not been saved. */
  text: string;
  /** Path of several pages with one set of changes: going from one to another is not leaving. */
  within?: string;
}

/**
 * Asks before unsaved changes are lost: when the tab is closed or reloaded, and when a link or the browser's history leads
 * to another page of the site.
 */
export function LeaveGuard({ isActive, text, within }: Props) {
  const { route } = useLocation();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!isActive) return undefined;
    const ended = new AbortController();
    const { signal } = ended;
    const goOn = (action: () => void) => {
      setLeave(() => () => {
        ended.abort();
        action();
      });
    };
    addEventListener("beforeunload", (event) => event.preventDefault(), { signal });
    // Runs before the router, which listens on the window, too.
    addEventListener(
      "click",
      (event) => {
        const href = leavingAddress(event, within);
        if (href === null) return;
        event.preventDefault();
        event.stopPropagation();
        goOn(() => route(href.slice(location.origin.length)));
      },
      { capture: true, signal },
    );
    // Browsers without this interface keep the changes only until the creator goes back.
    globalThis.navigation?.addEventListener(
      "navigate",
      (event) => {
        const { destination, navigationType, cancelable } = event;
        if (navigationType !== "traverse" || !cancelable || !destination.sameDocument) return;
        if (keepsChanges(new URL(destination.url).pathname, within)) return;
        event.preventDefault();
        goOn(() => globalThis.navigation?.traverseTo(destination.key));
      },
      { signal },
    );
    return () => ended.abort();
  }, [isActive, within]);

  if (!leave) return null;
  return (
    <ConfirmDialog
      title={t("leave.question")}
      action={t("leave.leave")}
      onCancel={() => setLeave(null)}
      onConfirm={async () => {
        setLeave(null);
        leave();
      }}
    >
      <p>{text}</p>
    </ConfirmDialog>
  );
}
