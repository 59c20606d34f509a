import { env, exports } from "cloudflare:workers";
import { afterAll, expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import { ORIGIN } from "../../tests/support/worker/oauth.ts";
import { barrier } from "../../tests/support/worker/transcoding.ts";
import { SETTING_NAMES } from "../contract/setting-names.ts";
import type {
  EditedSettings,
  SettingsState,
  SettingsVersion,
  SiteInfo,
} from "../contract/site-settings.ts";
import { newId } from "../domain/id.ts";

// Sends requests to the Worker itself, since only it applies the settings.
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

const of = (slug: string, name: string, offered = true) => ({ slug, name, offered });
const PNG = `data:image/png;base64,${btoa("\x89PNG\r\n\x1a\n and more")}`;

test("a changed setting applies at once, is visible to everyone, and can be reset", async () => {
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
  expect(await site()).toMatchObject({
    name: "Harbour TV",
    accent: "#ffd400",
    legal: ["imprint"],
  });
  expect(await (await send("GET", "/v1/site/imprint")).json()).toEqual({
    text: "Ada Quay, Harbour 1",
  });
  expect((await send("GET", "/v1/site/terms")).status).toBe(404);
  const { info } = await (
    await exports.default.fetch(`${ORIGIN}/openapi.json`)
  ).json<{ info: { title: string } }>();
  expect(info.title).toBe("Harbour TV API");

  await reset();
  expect(await site()).toEqual({
    ...{ name: "Kinora", logo: null, accent: null, legal: [] },
    ...{ categories: null, languages: [] },
  });
  const versions = await (
    await send("GET", "/v1/admin/settings/versions")
  ).json<{ items: SettingsVersion[] }>();
  expect(versions.items.slice(0, 2)).toMatchObject([
    { version: changed.version + 1, values: {} },
    { version: changed.version, values: { name: "Harbour TV" }, changedBy: "Test Account" },
  ]);
});

test("settings that are saved without a change keep their version", async () => {
  const { version } = await (await change({ name: "Harbour TV" })).json<SettingsState>();
  expect(await (await change({ name: "Harbour TV" })).json()).toMatchObject({ version });
  await reset();
  const { values, ...before } = await read();
  expect(values.name).toBe("Kinora");
  expect(await (await reset()).json()).toMatchObject(before);
});

test("one of two changes based on the same version is refused", async () => {
  const { version } = await read();
  const put = (uploadsPerDay: number) =>
    send("PUT", "/v1/admin/settings", { version, values: { uploadsPerDay } });
  const statuses = (await Promise.all([put(1), put(2)])).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 412]));
  const late = await send("PUT", "/v1/admin/settings", { version, values: { uploadsPerDay: 3 } });
  expect(await problemOf(late)).toMatchObject({ code: "precondition_failed" });
  await reset();
});

test("two admins who edit the settings at the same time do not overwrite each other", async () => {
  const { app } = await newAccount("admin");
  const bothHaveRead = barrier(2);
  const CATALOG = new Proxy(env.CATALOG, {
    get: (database, name) => {
      if (name !== "batch") return Reflect.get(database, name).bind(database);
      return async (statements: D1PreparedStatement[]) => {
        await bothHaveRead();
        return database.batch(statements);
      };
    },
  });
  const { version } = await read();
  const put = (uploadsPerDay: number) => {
    const body = { version, values: { uploadsPerDay } };
    return call(app, "PUT", "/v1/admin/settings", body, {}, { ...env, CATALOG });
  };
  const answers = await Promise.all([put(7), put(8)]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]));
  const refused = answers.find(({ status }) => status === 412)!;
  expect(await problemOf(refused)).toMatchObject({ code: "precondition_failed" });
  const stored = answers[0]!.status === 200 ? 7 : 8;
  expect(await read()).toMatchObject({ version: version + 1, values: { uploadsPerDay: stored } });
  await reset();
});

test.each<[string, unknown]>([
  ["a colour that dark text cannot be read on", { accent: "#101840" }],
  ["a colour that is none", { accent: "red" }],
  ["an unknown setting", { colour: "#ffd400" }],
  ["a negative limit", { quotaBytes: -1 }],
  ["an SVG logo", { logo: `data:image/svg+xml;base64,${btoa("<svg onload='alert(1)'/>")}` }],
  ["a page as a logo", { logo: `data:image/png;base64,${btoa("<script>alert(1)</script>")}` }],
  ["a logo that is too large", { logo: `${PNG}${"A".repeat(24_000)}` }],
  ["categories without the one of all others", { categories: [of("film", "Film")] }],
  ["a category twice", { categories: [of("other", "Other"), of("other", "More")] }],
  ["two categories of one name", { categories: [of("other", "Other"), of("more", "other")] }],
  ["a category with a slug that search cannot find", { categories: [of("a-b", "A, B")] }],
  ["a language that is none", { languages: "en 12" }],
  ["admins by sign-up", { signUpRole: "admin" }],
])("%s is refused", async (_, values) => {
  expect((await change(values as EditedSettings)).status).toBe(400);
});

test("sign-up can be closed and opened, and new accounts get the configured role", async () => {
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

test("the site's limits and the visitors' maturity limit follow the settings", async () => {
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

test("the logo is announced to everyone, served with its image type, and can be removed", async () => {
  await change({ logo: PNG });
  const { logo } = await (await send("GET", "/v1/site")).json<SiteInfo>();
  const served = await exports.default.fetch(`${ORIGIN}${logo}`);
  const headers = ["content-type", "cache-control", "x-content-type-options"];
  expect(headers.map((name) => served.headers.get(name))).toEqual([
    "image/png",
    "public, max-age=86400",
    "nosniff",
  ]);
  expect((await served.bytes()).slice(1, 4)).toEqual(new TextEncoder().encode("PNG"));
  await reset();
  expect((await exports.default.fetch(`${ORIGIN}/v1/site/logo`)).status).toBe(404);
});

test("categories and languages follow the settings, and a video keeps one that is no longer offered", async () => {
  const creator = await signUp("creator");
  const upload = (details: object) =>
    send(
      "POST",
      "/v1/uploads",
      { filename: "a.mp4", contentType: "video/mp4", size: 10, ...details },
      creator.headers,
    );
  const before = await upload({ category: "travel", language: "fr" });
  const { videoId } = await before.json<{ videoId: string }>();
  const patch = (values: object) => send("PATCH", `/v1/videos/${videoId}`, values, creator.headers);

  const categories = [
    of("sailing", "Under Sail"),
    of("travel", "Travel & Nature", false),
    of("other", "Anything"),
  ];
  await change({ categories, languages: "en pt-BR" });
  const listed = await (await send("GET", "/v1/categories")).json<{ items: unknown[] }>();
  expect(listed.items).toEqual([
    { slug: "sailing", name: "Under Sail" },
    { slug: "other", name: "Anything" },
  ]);
  expect(await (await send("GET", "/v1/site")).json()).toMatchObject({
    categories,
    languages: ["en", "pt-BR"],
  });
  const sitemap = await (await send("GET", "/sitemaps/categories.xml")).text();
  expect([sitemap.includes("/category/sailing<"), sitemap.includes("travel")]).toEqual([
    true,
    false,
  ]);
  const suggested = await (
    await send("GET", "/v1/suggest?q=under%20sail")
  ).json<{ items: object[] }>();
  expect(suggested.items).toContainEqual(
    expect.objectContaining({ kind: "category", category: "sailing", text: "Under Sail" }),
  );

  expect((await upload({ category: "sailing", language: "pt-BR" })).status).toBe(201);
  for (const details of [{ category: "travel" }, { category: "film" }, { language: "fr" }])
    expect(await problemOf(await upload(details))).toMatchObject({ code: "invalid_request" });
  const kept = await patch({ category: "travel", language: "fr", title: "Kept" });
  expect(await kept.json()).toMatchObject({ category: "travel", language: "fr", title: "Kept" });
  expect((await patch({ category: "film" })).status).toBe(400);
  const bulk = { ids: [videoId], edit: { kind: "change", category: "film" } };
  expect((await send("POST", "/v1/videos/bulk", bulk, creator.headers)).status).toBe(400);
  expect((await send("GET", "/v1/videos?category=travel")).status).toBe(200);
  expect((await patch({ category: "sailing" })).status).toBe(200);
  await reset();
  const shown = await send("GET", `/v1/videos/${videoId}`, undefined, creator.headers);
  expect(await shown.json()).toMatchObject({ category: "sailing" });
});

test("whether the videos of new creators wait for a moderator is a setting", async () => {
  const creator = await signUp("creator");
  const visibilityOf = async () => {
    const file = { filename: "a.mp4", contentType: "video/mp4", size: 10, visibility: "public" };
    const created = await send("POST", "/v1/uploads", file, creator.headers);
    const { videoId } = await created.json<{ videoId: string }>();
    const shown = await send("GET", `/v1/videos/${videoId}`, undefined, creator.headers);
    return (await shown.json<{ visibility: string }>()).visibility;
  };
  expect(await visibilityOf()).toBe("public");
  await change({ reviewNewCreators: true });
  expect(await visibilityOf()).toBe("private");
  await reset();
  expect(await visibilityOf()).toBe("public");
});
