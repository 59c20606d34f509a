import { exports } from "cloudflare:workers";
import { afterAll, expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { problemOf } from "../../tests/support/worker/api.ts";
import { ORIGIN } from "../../tests/support/worker/oauth.ts";
import { SETTING_NAMES } from "../contract/setting-names.ts";
import type {
  EditedSettings,
  SettingsState,
  SettingsVersion,
  SiteInfo,
} from "../contract/site-settings.ts";
import { newId } from "../domain/id.ts";

// Of the Worker itself, since only it applies them.
const admin = await signUp("admin");
const send = (method: string, path: string, body?: unknown, headers = admin.headers) =>
  exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const read = async () => (await send("GET", "/v1/admin/settings")).json<SettingsState>();
const reset = async () =>
  send("PUT", "/v1/admin/settings", {
    version: (await read()).version,
    values: {},
    reset: SETTING_NAMES,
  });
const change = async (values: EditedSettings) =>
  send("PUT", "/v1/admin/settings", { version: (await read()).version, values });

afterAll(reset);

test("a change holds at once, is told to everyone, and is taken back", async () => {
  const before = await read();
  const edited = { name: "Harbour TV", accent: "#ffd400", imprint: "Ada Quay, Harbour 1" };
  const changed = await (await change(edited)).json<SettingsState>();
  expect(changed).toMatchObject({
    version: before.version + 1,
    values: { ...before.values, ...edited },
    defaults: { name: "Kinora", accent: null },
    edited: ["name", "accent", "imprint"],
  });
  const site = async () => (await send("GET", "/v1/site")).json<SiteInfo>();
  expect(await site()).toEqual({ name: "Harbour TV", accent: "#ffd400", legal: ["imprint"] });
  expect(await (await send("GET", "/v1/site/imprint")).json()).toEqual({
    text: "Ada Quay, Harbour 1",
  });
  expect((await send("GET", "/v1/site/terms")).status).toBe(404);
  const { info } = await (
    await exports.default.fetch(`${ORIGIN}/openapi.json`)
  ).json<{ info: { title: string } }>();
  expect(info.title).toBe("Harbour TV API");

  await reset();
  expect(await site()).toEqual({ name: "Kinora", accent: null, legal: [] });
  const versions = await (
    await send("GET", "/v1/admin/settings/versions")
  ).json<{ items: SettingsVersion[] }>();
  expect(versions.items.slice(0, 2)).toMatchObject([
    { version: changed.version + 1, values: {} },
    { version: changed.version, values: { name: "Harbour TV" }, changedBy: "Test Account" },
  ]);
});

test("of two changes from the same version one is refused", async () => {
  const { version } = await read();
  const put = (uploadsPerDay: number) =>
    send("PUT", "/v1/admin/settings", { version, values: { uploadsPerDay } });
  const statuses = (await Promise.all([put(1), put(2)])).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 412]));
  const late = await send("PUT", "/v1/admin/settings", { version, values: { uploadsPerDay: 3 } });
  expect(await problemOf(late)).toMatchObject({ code: "precondition_failed" });
  await reset();
});

test.each<[string, unknown]>([
  ["a colour that dark text cannot be read on", { accent: "#101840" }],
  ["a colour that is none", { accent: "red" }],
  ["an unknown setting", { colour: "#ffd400" }],
  ["a negative limit", { quotaBytes: -1 }],
  ["admins by sign-up", { signUpRole: "admin" }],
])("%s is refused", async (_, values) => {
  expect((await change(values as EditedSettings)).status).toBe(400);
});

test("sign-up is closed and opened, with the role that new accounts get", async () => {
  const signUpNow = () =>
    authFetch("/sign-up/email", {
      body: {
        name: "Eve",
        email: `${newId().toLowerCase()}@example.com`,
        password: "correct horse battery",
      },
    });
  await change({ signUp: "closed" });
  expect(await problemOf(await signUpNow())).toMatchObject({ code: "sign_up_closed" });
  const options = await (await send("GET", "/v1/sign-in-options")).json<{ signUp: boolean }>();
  expect(options.signUp).toBe(false);
  await change({ signUp: "open", signUpRole: "creator" });
  const { user } = await (await signUpNow()).json<{ user: { role: string } }>();
  expect(user.role).toBe("creator");
  await reset();
});

test("limits of the site and what visitors may watch are those of the settings", async () => {
  const creator = await signUp("creator");
  const upload = (size: number) =>
    send(
      "POST",
      "/v1/uploads",
      { filename: "a.mp4", contentType: "video/mp4", size },
      creator.headers,
    );
  await change({ maxUploadBytes: 5000, quotaBytes: 6000, uploadsPerDay: 2 });
  expect(await problemOf(await upload(5001))).toMatchObject({ code: "file_too_large" });
  expect((await upload(5000)).status).toBe(201);
  expect(await problemOf(await upload(5000))).toMatchObject({ code: "quota_exceeded" });
  expect((await upload(10)).status).toBe(201);
  expect(await problemOf(await upload(10))).toMatchObject({ code: "limit_reached" });

  const asVisitor = () =>
    exports.default.fetch(`${ORIGIN}/v1/videos/${newId()}`).then(({ status }) => status);
  await change({ anonymousMaturityLimit: "12", audioUploads: false });
  expect(await asVisitor()).toBe(404);
  const audio = await send(
    "POST",
    "/v1/uploads",
    { filename: "a.mp3", contentType: "audio/mpeg", size: 10 },
    creator.headers,
  );
  expect(await problemOf(audio)).toMatchObject({ code: "not_a_video_type" });
  await reset();
});
