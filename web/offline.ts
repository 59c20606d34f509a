import { signal } from "@preact/signals";
import { networkFailures } from "./http.ts";

/**
 * Whether the server is unreachable. Browsers only know whether they have any network, so a failed request triggers a
 * check.
 */
export const isOffline = signal(navigator.onLine === false);

/** Runs a callback each time the server is reachable again. @returns a function that stops it */
export function whenBack(act: () => void): () => void {
  let wasOffline = false;
  return isOffline.subscribe((offline) => {
    if (wasOffline && !offline) act();
    wasOffline = offline;
  });
}

/** Its installation takes as much of the processor as the start of a page, and is of use only at later visits. */
const REGISTER_DELAY_MS = 4000;
/** How long a busy page may keep the worker waiting. */
const MAX_REGISTER_DELAY_MS = 10_000;
/** A small file. HEAD passes the service worker, which would answer with the stored one. */
const PROBE = "/favicon.svg";
/** Pauses between probes grow from the first to the longest. */
const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 30_000;
const PAUSE_GROWTH = 1.5;

async function isReachable(): Promise<boolean> {
  try {
    await fetch(PROBE, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** Ends the pause before the next probe. */
let endPause = () => {};
let isChecking = false;

/** Checks whether the server can be reached and, if not, waits until it can. */
async function checkNetwork(): Promise<void> {
  endPause();
  if (isChecking) return;
  isChecking = true;
  for (let pauseMs = FIRST_PAUSE_MS; !(await isReachable()); pauseMs *= PAUSE_GROWTH) {
    isOffline.value = true;
    await new Promise<void>((resolve) => {
      endPause = resolve;
      setTimeout(resolve, Math.min(pauseMs, MAX_PAUSE_MS));
    });
  }
  isOffline.value = false;
  isChecking = false;
}

/** Installs the site's service worker, or finds it. @throws Error if the browser does not allow it */
export const siteWorker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });

function register(): void {
  // The site works without it, except offline.
  void siteWorker().catch(() => undefined);
}

/** Runs some seconds after the page is loaded, once the browser is idle. Safari does not report idle time. */
function registerLater(): void {
  setTimeout(() => {
    if ("requestIdleCallback" in window)
      requestIdleCallback(register, { timeout: MAX_REGISTER_DELAY_MS });
    else register();
  }, REGISTER_DELAY_MS);
}

/**
 * Follows the network state and installs the service worker that opens the site offline. Frames on other sites have
 * none.
 */
export function prepareForOffline(): void {
  const check = () => void checkNetwork();
  addEventListener("online", check);
  addEventListener("offline", check);
  networkFailures.addEventListener("failure", check);
  if (isOffline.value) check();
  if (!import.meta.env.PROD || !("serviceWorker" in navigator) || window !== window.top) return;
  if (document.readyState === "complete") registerLater();
  else addEventListener("load", registerLater, { once: true });
}
