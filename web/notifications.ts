import type { PushUpdate } from "../workers/contract/push.ts";

/** What stands between a viewer and notifications in this browser; null for nothing. */
export type NotificationObstacle = "unsupported" | "denied";

export function notificationObstacle(): NotificationObstacle | null {
  const canShow =
    "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!canShow) return "unsupported";
  return Notification.permission === "denied" ? "denied" : null;
}

/** The subscription of this browser, if it has one. */
export async function currentSubscription(): Promise<PushSubscription | null> {
  if (notificationObstacle() === "unsupported") return null;
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

function isMadeWith(subscription: PushSubscription, publicKey: string): boolean {
  const key = subscription.options.applicationServerKey;
  return key !== null && toBase64Url(new Uint8Array(key)) === publicKey;
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

/**
 * Asks the viewer for the permission, and subscribes this browser. Call it in a click.
 * @param worker of the site
 * @param publicKey of the site; a subscription with another one is replaced
 * @returns null when the viewer refuses
 */
export async function subscribe(
  worker: ServiceWorkerRegistration,
  publicKey: string,
): Promise<PushUpdate | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const before = await worker.pushManager.getSubscription();
  if (before && !isMadeWith(before, publicKey)) await before.unsubscribe();
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (!endpoint || !p256dh || !auth) throw new Error("The browser has made no whole subscription.");
  return { endpoint, keys: { p256dh, auth } };
}

/** Ends the subscription of this browser: the push service knows it no more, and the server finds that out by itself. */
export async function stopNotifications(): Promise<void> {
  const subscription = await currentSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => undefined);
}
