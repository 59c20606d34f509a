/*
 * Opens the site without a network, and shows notifications (docs/decisions/671-web-push.md). It stores the files of the shell when it is installed, and nothing else ever: no API
 * response, no token, no media. `shell-files.js`, which the build writes, lists them, so that a new deployment installs a
 * new worker (docs/decisions/670-offline-shell.md).
 */
importScripts("/shell-files.js");

const { version, files } = self.SHELL;
const PREFIX = "kinora-shell-";
const CACHE = PREFIX + version;
const SHELL_PAGE = "/";
const STORED = new Set(files);
/** Their names change with their content. */
const ASSETS = "/assets/";
/** Paths that are not pages of the site, or that other sites frame. */
const OTHER_PAGES =
  /^\/(?:embed\/|docs\b|api\/|v1\/|media\/|images\/|oembed|openapi|robots|sitemap|\.well-known\/)/;
/** Requests that have nothing to do with the shell; most of those that a page makes. */
const NEVER_STORED = ["/api/*", "/v1/*", "/media/*", "/images/*", "/embed/*"];

async function store() {
  const cache = await caches.open(CACHE);
  await cache.addAll(
    [SHELL_PAGE, ...files].map((path) =>
      path.startsWith(ASSETS) ? path : new Request(path, { cache: "reload" }),
    ),
  );
}

async function removeOldShells() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The server's response, and the stored one only if there is none. */
async function fromNetwork(response, path) {
  try {
    return await response();
  } catch (error) {
    const stored = await caches.match(path, { cacheName: CACHE });
    if (stored) return stored;
    throw error;
  }
}

async function storedAsset(request, path) {
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}

self.addEventListener("install", (event) => {
  // In browsers with support, these requests do not even wake the worker.
  event.addRoutes?.(
    NEVER_STORED.map((pathname) => ({
      condition: { urlPattern: new URLPattern({ pathname }) },
      source: "network",
    })),
  );
  // Pages come from the network, and names of assets change with their content: an open page loses nothing.
  event.waitUntil(store().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([removeOldShells(), self.registration.navigationPreload?.enable()]));
});

/** A new video of a creator whom the account follows. Browsers require that each message shows something. */
self.addEventListener("push", (event) => {
  const { title, body, path = "/", image } = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(title || "Kinora", {
      body,
      image,
      icon: "/icon-192.png",
      // One per video, also if it is sent twice.
      tag: path,
      data: { path },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(show(notification.data.path));
});

/** Brings the window with this page to the front, or opens one: what plays in another is left alone. */
async function show(path) {
  const { href } = new URL(path, self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find(({ url }) => url === href);
  await (shown ? shown.focus() : self.clients.openWindow(href));
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/**
 * The browser has ended its subscription, or replaced it: the account gets the new one. Not every browser reports both.
 * Failures here are noticed at the next visit (web/notifications.ts).
 */
async function renew({ oldSubscription, newSubscription }) {
  const answer = await fetch("/api/auth/token");
  if (!answer.ok) return;
  const { token } = await answer.json();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const put = (update) =>
    fetch("/v1/me/push", { method: "PUT", headers, body: JSON.stringify(update) });
  const { publicKey } = await (await fetch("/v1/me/push", { headers })).json();
  if (!publicKey) return;
  const { pushManager } = self.registration;
  const current = newSubscription ?? (await pushManager.getSubscription());
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  const { endpoint, keys } = (current ?? (await pushManager.subscribe(options))).toJSON();
  await put({ endpoint, keys });
  const old = oldSubscription?.endpoint;
  if (old && old !== endpoint) await put({ endpoint: old, keys: null });
}

self.addEventListener("fetch", (event) => {
  const { request, preloadResponse } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!OTHER_PAGES.test(pathname))
      event.respondWith(
        fromNetwork(async () => (await preloadResponse) ?? fetch(request), SHELL_PAGE),
      );
  } else if (STORED.has(pathname))
    event.respondWith(
      pathname.startsWith(ASSETS)
        ? storedAsset(request, pathname)
        : fromNetwork(() => fetch(request), pathname),
    );
});
