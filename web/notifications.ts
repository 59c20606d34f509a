import type { PushUpdate } from "../workers/contract/push.ts";
import { getPush, setPush } from "./api.ts";
import { browserStorage } from "./browser-storage.ts";
import { PUSH_ENDPOINT_KEY } from "./session.ts";

/** Why notifications are impossible in this browser; null if they are possible. */
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
 * Asks the viewer for permission and subscribes this browser. Call it in a click handler.
 * @param worker of the site
 * @param publicKey of the site; a subscription with another key is replaced
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
  return updateOf(subscription);
}

function updateOf(subscription: PushSubscription): PushUpdate {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (!endpoint || !p256dh || !auth) throw new Error("The browser has made no whole subscription.");
  return { endpoint, keys: { p256dh, auth } };
}

/** Registers this browser for the account's notifications, and removes its earlier registration. */
export async function startNotifications(update: PushUpdate): Promise<void> {
  const before = browserStorage().getItem(PUSH_ENDPOINT_KEY);
  await setPush(update);
  browserStorage().setItem(PUSH_ENDPOINT_KEY, update.endpoint);
  if (before && before !== update.endpoint) await setPush({ endpoint: before, keys: null });
}

/**
 * Browsers replace their subscriptions by themselves, and do not always tell the service worker. Call it where the viewer has
 * notifications switched on.
 */
export async function renewNotifications(): Promise<void> {
  if (Notification.permission !== "granted") return;
  const current = await currentSubscription();
  if (current?.endpoint === browserStorage().getItem(PUSH_ENDPOINT_KEY)) return;
  if (current) return startNotifications(updateOf(current));
  const { publicKey } = await getPush();
  const worker = publicKey && (await navigator.serviceWorker.getRegistration("/"));
  const update = worker ? await subscribe(worker, publicKey) : null;
  if (update) await startNotifications(update);
}

/** Ends the subscription of this browser at the push service; the server notices this with its next notification. */
export async function stopNotifications(): Promise<void> {
  browserStorage().removeItem(PUSH_ENDPOINT_KEY);
  const subscription = await currentSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => undefined);
}
