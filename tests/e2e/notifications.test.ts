import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { PushState } from "../../workers/contract/push.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";

const TIMEOUT_MS = 120_000;
const origin = inject("origin");
const viewer = {
  name: "Ines Brand",
  email: "notifications@example.com",
  password: "nine quiet harbour lamps",
};

let browser: Browser;
let context: BrowserContext;
let page: Page;

/** Runs in the page, in place of a push service, which tests cannot reach. The subscription lives as long as the browser's. */
function subscribeWithoutService(): void {
  const KEY = "test.subscription";
  function subscription(stored: string | null): unknown {
    if (stored === null) return null;
    const keys = { p256dh: `B${"A".repeat(86)}`, auth: "A".repeat(22) };
    return {
      endpoint: stored,
      options: { applicationServerKey: null },
      toJSON: () => ({ endpoint: stored, keys }),
      unsubscribe: async () => localStorage.removeItem(KEY),
    };
  }
  const manager = PushManager.prototype as unknown as Record<string, unknown>;
  manager["getSubscription"] = async () => subscription(localStorage.getItem(KEY));
  manager["subscribe"] = async () => {
    localStorage.setItem(KEY, `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`);
    return subscription(localStorage.getItem(KEY));
  };
}

const openSettings = async () => {
  await page.goto("/settings/notifications");
  await page.locator(".settings-body [aria-busy=true]").first().waitFor({ state: "detached" });
};
const notificationSwitch = () => page.getByLabel("Notify me of new videos");

beforeAll(async () => {
  await new ApiClient(origin).signIn(viewer);
  browser = await launchBrowser();
  context = await browser.newContext({ baseURL: origin, serviceWorkers: "allow" });
  await context.addInitScript(subscribeWithoutService);
  page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await startSession(page, viewer);
});
afterAll(() => browser?.close());

test("the notification switch asks the browser for permission and keeps its state", async () => {
  await context.grantPermissions(["notifications"]);
  await openSettings();
  await notificationSwitch().click();
  await page.getByText("Saved.").waitFor();
  await openSettings();
  await vi.waitFor(
    async () => expect(await notificationSwitch().isChecked()).toBe(true),
    TIMEOUT_MS,
  );
  expect(await violations(page)).toEqual([]);
  await notificationSwitch().click();
  await vi.waitFor(
    async () =>
      expect(await page.evaluate(() => localStorage.getItem("test.subscription"))).toBe(null),
    TIMEOUT_MS,
  );
  await openSettings();
  expect(await notificationSwitch().isChecked()).toBe(false);
});

const FCM = "https://fcm.googleapis.com/fcm/send/";

/** Waits until the account sends its notifications to exactly these browsers. */
async function expectBrowsers(...endpoints: string[]): Promise<void> {
  const api = new ApiClient(origin);
  await api.signIn(viewer);
  await vi.waitFor(async () => {
    const push = PushState.parse(await api.call("GET", "/v1/me/push"));
    expect(push.endpoints).toEqual(endpoints);
  }, TIMEOUT_MS);
}

test("a subscription replaced by the browser keeps working, with or without an event to the service worker", async () => {
  await openSettings();
  await notificationSwitch().click();
  await page.getByText("Saved.").waitFor();
  const first = await page.evaluate(() => localStorage.getItem("test.subscription")!);
  await expectBrowsers(first);

  const [worker] = context.serviceWorkers();
  await worker!.evaluate(
    ([old, endpoint]) => {
      const scope = globalThis as unknown as { ExtendableEvent: new (type: string) => Event };
      const keys = { p256dh: `B${"A".repeat(86)}`, auth: "A".repeat(22) };
      const change = {
        oldSubscription: { endpoint: old },
        newSubscription: { toJSON: () => ({ endpoint, keys }) },
      };
      const event = new scope.ExtendableEvent("pushsubscriptionchange");
      globalThis.dispatchEvent(Object.assign(event, change));
    },
    [first, `${FCM}second`] as const,
  );
  await expectBrowsers(`${FCM}second`);

  const known = () => page.evaluate(() => localStorage.getItem("kinora.push-endpoint") ?? "");
  for (const [stored, isRenewed] of [
    // The subscription changed without an event to the service worker.
    [`${FCM}second`, (endpoint: string) => endpoint === `${FCM}second`],
    [`${FCM}third`, (endpoint: string) => endpoint === `${FCM}third`],
    // The subscription ended without a new one.
    [null, (endpoint: string) => endpoint.startsWith(FCM) && !endpoint.endsWith("third")],
  ] as const) {
    await page.evaluate((endpoint) => {
      if (endpoint === null) localStorage.removeItem("test.subscription");
      else localStorage.setItem("test.subscription", endpoint);
    }, stored);
    await page.goto("/");
    await vi.waitFor(async () => expect(await known()).toSatisfy(isRenewed), TIMEOUT_MS);
    await expectBrowsers(await known());
  }
  await openSettings();
  await notificationSwitch().click();
  await expectBrowsers();
});

test("a notification shows the video, and a click opens it", async () => {
  const devTools = await context.newCDPSession(page);
  const registered = new Promise<string>((found) =>
    devTools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [registration] = registrations;
      if (registration) found(registration.registrationId);
    }),
  );
  await devTools.send("ServiceWorker.enable");
  const path = "/watch/0123456789abcdefghijkl";
  const data = JSON.stringify({ title: "Nora Vale", body: "Gulls", path, image: null });
  const registrationId = await registered;
  await devTools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  const shown = () =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map(({ title, body }) => ({ title, body }));
    });
  await vi.waitFor(
    async () => expect(await shown()).toEqual([{ title: "Nora Vale", body: "Gulls" }]),
    TIMEOUT_MS,
  );
  const [worker] = context.serviceWorkers();
  // Windows may be opened only after a click by the viewer.
  const opened = await worker!.evaluate(async () => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration;
      clients: { openWindow: (url: string) => Promise<void> };
      NotificationEvent: new (type: string, init: object) => Event;
    };
    const [notification] = await scope.registration.getNotifications();
    return new Promise<string>((found) => {
      scope.clients.openWindow = async (url) => found(url);
      globalThis.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
    });
  });
  expect(opened).toBe(`${origin}${path}`);
  await vi.waitFor(async () => expect(await shown()).toEqual([]), TIMEOUT_MS);
});

test("the settings say when the browser blocks notifications", async () => {
  await page.addInitScript(() =>
    Object.defineProperty(Notification, "permission", { get: () => "denied" }),
  );
  await openSettings();
  await page.getByText("Notifications from this site are blocked.").waitFor();
  expect(await notificationSwitch().isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
});
