import { encryptNotification } from "@block65/webcrypto-web-push";
import { env } from "cloudflare:workers";
import { base64url } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, newAccount, newVideo, problemOf } from "../../tests/support/worker/api.ts";
import {
  decryptPush,
  importBrowserKey,
  newBrowser,
  PushService,
} from "../../tests/support/worker/push-service.ts";
import { type PushMessage, PushState, type PushUpdate } from "../contract/push.ts";
import { libraryOf } from "../db/history.ts";
import { LIMITS } from "../domain/limits.ts";
import { handleEvents } from "../jobs/events.ts";
import { deleteAccountContents } from "./accounts.ts";
import { exportAccount } from "./account-export.ts";
import { pushKeys } from "./web-push.ts";

type Account = Awaited<ReturnType<typeof newAccount>>;

const DAY_MS = 86_400_000;
const { publicKey = "" } = pushKeys(env) ?? {};
let service: PushService;

beforeEach(() => {
  service = new PushService(publicKey);
});
afterEach(() => vi.restoreAllMocks());

const putPush = ({ app }: Account, update: PushUpdate) => call(app, "PUT", "/v1/me/push", update);
const pushOf = async ({ app }: Account) =>
  PushState.parse(await (await call(app, "GET", "/v1/me/push")).json());
const follow = ({ app }: Account, creator: Account) =>
  call(app, "PUT", `/v1/me/follows/${creator.userId}`);

/** A viewer with a browser that gets notifications. */
async function viewerWithBrowser(): Promise<{ viewer: Account; endpoint: string }> {
  const viewer = await newAccount("viewer");
  const browser = await service.subscribe();
  expect((await putPush(viewer, browser)).status).toBe(200);
  return { viewer, endpoint: browser.endpoint };
}

async function creatorWithVideo(): Promise<Account> {
  const creator = await newAccount();
  await newVideo(creator.userId, { publishedAt: 1 });
  return creator;
}

/**
 * Runs the events queue: handles messages and those that they cause, until there are none.
 * @returns how many there were
 */
async function handleAll(first: object): Promise<number> {
  const waiting: unknown[] = [first];
  const EVENTS = {
    send: async (body: unknown) => void waiting.push(body),
    sendBatch: async (messages: { body: unknown }[]) =>
      void waiting.push(...messages.map(({ body }) => body)),
  };
  let handled = 0;
  for (let body = waiting.shift(); body; body = waiting.shift()) {
    const ack = vi.fn<() => void>();
    const message = { body, attempts: 1, ack, retry: () => undefined };
    const batch = { queue: "events", messages: [message] };
    await handleEvents(batch as never, { ...env, EVENTS } as never, async () => undefined);
    expect(ack).toHaveBeenCalled();
    handled++;
  }
  return handled;
}
const changed = (videoId: string) => handleAll({ kind: "index-video", videoId });
const deliveredTo = (endpoint: string) =>
  service.delivered.filter((push) => push.endpoint === endpoint);

test("a browser decrypts our messages like the example of RFC 8291", async () => {
  const p256dh =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
  const privateKey = await importBrowserKey("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", p256dh);
  const keys = { p256dh, auth: "BTBZMqHH6r4Tts7J_aSIgg" };
  const example = base64url.decode(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
  const text = "When I grow up, I want to be a watermelon";
  expect(await decryptPush(new Uint8Array(example), { privateKey, keys })).toBe(text);
  const { endpoint } = await newBrowser();
  const ours = await encryptNotification(
    { endpoint, expirationTime: null, keys },
    new TextEncoder().encode(text),
  );
  expect(await decryptPush(ours, { privateKey, keys })).toBe(text);
});

test("a subscribed browser is notified once of a new video of a followed creator", async () => {
  const creator = await creatorWithVideo();
  const [{ viewer, endpoint }, stranger] = [await viewerWithBrowser(), await viewerWithBrowser()];
  await follow(viewer, creator);
  const id = await newVideo(creator.userId, { title: "Gulls" });
  await changed(id);
  await changed(id);
  const expected: PushMessage = {
    title: `Name of ${creator.userId}`,
    body: "Gulls",
    path: `/watch/${id}`,
    image: null,
  };
  const [push, ...more] = deliveredTo(endpoint);
  expect([push?.message, more]).toEqual([expected, []]);
  expect(push?.headers.get("topic")).toBe(id);
  expect(push?.headers.get("content-encoding")).toBe("aes128gcm");
  expect(deliveredTo(stranger.endpoint)).toEqual([]);
});

test("following and enabling notifications work in either order, and undoing either one ends notifications", async () => {
  const creator = await creatorWithVideo();
  const viewer = await newAccount("viewer");
  await follow(viewer, creator);
  const browser = await service.subscribe();
  await putPush(viewer, browser);
  expect(await pushOf(viewer)).toEqual({ publicKey, endpoints: [browser.endpoint] });
  await changed(await newVideo(creator.userId));
  expect(deliveredTo(browser.endpoint)).toHaveLength(1);
  await call(viewer.app, "DELETE", `/v1/me/follows/${creator.userId}`);
  await changed(await newVideo(creator.userId));
  await follow(viewer, creator);
  await putPush(viewer, { ...browser, keys: null });
  expect((await pushOf(viewer)).endpoints).toEqual([]);
  await changed(await newVideo(creator.userId));
  expect(deliveredTo(browser.endpoint)).toHaveLength(1);
});

test("only videos that have just become public are announced", async () => {
  const creator = await creatorWithVideo();
  const { viewer, endpoint } = await viewerWithBrowser();
  await follow(viewer, creator);
  await changed(await newVideo(creator.userId, { visibility: "private" }));
  await changed(await newVideo(creator.userId, { visibility: "unlisted" }));
  await changed(await newVideo(creator.userId, { publishedAt: Date.now() - 2 * DAY_MS }));
  const hidden = await newVideo(creator.userId, { visibility: "private" });
  await handleAll({ kind: "notify-followers", videoId: hidden, after: "" });
  expect(deliveredTo(endpoint)).toEqual([]);
});

test("an account that follows nobody is not notified, even after a race of two requests", async () => {
  const creator = await creatorWithVideo();
  const library = libraryOf(env, creator.userId);
  await library.setPushFollower("nobody", true);
  expect(await library.pushFollowers("", 10)).toEqual([]);
});

test("many followers are notified page by page, once each", async () => {
  const creator = await creatorWithVideo();
  const library = libraryOf(env, creator.userId);
  const endpoints = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const { endpoint, keys } = await service.subscribe();
    const name = `${creator.userId} ${i}`;
    await libraryOf(env, name).addPush({ endpoint, ...keys!, createdAt: i });
    await library.addFollower(creator.userId, name);
    await library.setPushFollower(name, true);
    endpoints.add(endpoint);
  }
  // One message for the change itself, and two for pages.
  expect(await changed(await newVideo(creator.userId))).toBe(3);
  expect(service.delivered).toHaveLength(30);
  expect(new Set(service.delivered.map(({ endpoint }) => endpoint))).toEqual(endpoints);
});

test("a browser that its push service no longer knows is deleted", async () => {
  const creator = await creatorWithVideo();
  const { viewer, endpoint } = await viewerWithBrowser();
  const second = await service.subscribe();
  await putPush(viewer, second);
  await follow(viewer, creator);
  service.answers.set(endpoint, async () => new Response(null, { status: 410 }));
  service.answers.set(second.endpoint, async () => new Response("busy", { status: 503 }));
  await changed(await newVideo(creator.userId));
  expect((await pushOf(viewer)).endpoints).toEqual([second.endpoint]);
  service.answers.set(second.endpoint, async () => new Response(null, { status: 404 }));
  await changed(await newVideo(creator.userId));
  expect((await pushOf(viewer)).endpoints).toEqual([]);
  expect(await libraryOf(env, creator.userId).pushFollowers("", 10)).toEqual([]);
});

test("redirects are not followed, and a failing push service does not block other messages", async () => {
  const creator = await creatorWithVideo();
  const [one, other] = [await viewerWithBrowser(), await viewerWithBrowser()];
  await follow(one.viewer, creator);
  await follow(other.viewer, creator);
  service.answers.set(one.endpoint, () => Promise.reject(new Error("connection reset")));
  await changed(await newVideo(creator.userId));
  expect(deliveredTo(other.endpoint)).toHaveLength(1);
  const options = vi.mocked(fetch).mock.calls.map(([, init]) => init?.redirect);
  expect(new Set(options)).toEqual(new Set(["manual"]));
});

test.each([
  ["a private address", "https://10.0.0.1/push"],
  ["an address without TLS", "http://fcm.googleapis.com/fcm/send/x"],
  ["another site", "https://fcm.googleapis.com.example.com/x"],
])("%s is refused and never called", async (_what, endpoint) => {
  const viewer = await newAccount("viewer");
  const { keys } = await service.subscribe();
  const refused = await putPush(viewer, { endpoint, keys });
  expect(await problemOf(refused)).toMatchObject({ status: 400, code: "invalid_request" });
  // Refused even if it was allowed when it was stored.
  const creator = await creatorWithVideo();
  await libraryOf(env, viewer.userId).addPush({ endpoint, ...keys!, createdAt: 1 });
  await follow(viewer, creator);
  vi.mocked(fetch).mockClear();
  await changed(await newVideo(creator.userId));
  expect(fetch).not.toHaveBeenCalled();
  expect((await pushOf(viewer)).endpoints).toEqual([]);
});

test("pushSubscriptionsPerAccount: one more browser replaces the oldest", async () => {
  const viewer = await newAccount("viewer");
  const endpoints: string[] = [];
  for (let i = 0; i <= LIMITS.pushSubscriptionsPerAccount; i++) {
    const { endpoint, keys } = await service.subscribe();
    endpoints.push(endpoint);
    await libraryOf(env, viewer.userId).addPush({ endpoint, ...keys!, createdAt: i });
  }
  expect((await pushOf(viewer)).endpoints).toEqual(endpoints.slice(1));
});

test("subscriptions of browsers belong to their account and are deleted with it", async () => {
  const creator = await creatorWithVideo();
  const { viewer, endpoint } = await viewerWithBrowser();
  await follow(viewer, creator);
  expect((await exportAccount(env, viewer.userId)).pushSubscriptions).toMatchObject([{ endpoint }]);
  await deleteAccountContents(env, viewer.userId);
  expect(await libraryOf(env, viewer.userId).listPush()).toEqual([]);
  expect(await libraryOf(env, creator.userId).pushFollowers("", 10)).toEqual([]);
});

test("a site without push keys sends nothing and reports it", async () => {
  const creator = await creatorWithVideo();
  const { viewer, endpoint } = await viewerWithBrowser();
  await follow(viewer, creator);
  for (const VAPID_KEYS of [undefined, "not a pair of keys"]) {
    const without = { ...env, VAPID_KEYS } as Env;
    const answer = await viewer.app.request("/v1/me/push", {}, without);
    expect(PushState.parse(await answer.json())).toEqual({
      publicKey: null,
      endpoints: [endpoint],
    });
  }
});
