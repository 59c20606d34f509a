import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";
import { ORIGIN } from "../../tests/support/worker/media.ts";
import { Creator } from "../contract/creators.ts";
import { exportAccount } from "../services/account-export.ts";
import { deleteAccountContents } from "../services/accounts.ts";

/** The start of a JPEG that decoders would accept as far as we look, with a comment. */
const jpeg = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xfe, 0, 6, 71, 80, 83, 33],
    ...[0xff, 0xc0, 0, 8, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3],
    ...[0xff, 0xda, 0, 3, 1, 9, 0xff, 0xd9],
  ]);
const putImage = (
  { app }: Awaited<ReturnType<typeof newAccount>>,
  kind: string,
  bytes: Uint8Array<ArrayBuffer>,
) => call(app, "PUT", `/v1/me/profile/images/${kind}`, bytes, { "content-type": "image/jpeg" });
const creatorOf = async (id: string) =>
  Creator.parse(await (await call(anonymous, "GET", `/v1/creators/${id}`)).json());

test("an account with a public video or a profile has a creator page, and any other account has none", async () => {
  const creator = await newAccount();
  const status = async () =>
    (await call(anonymous, "GET", `/v1/creators/${creator.userId}`)).status;
  await newVideo(creator.userId, { visibility: "private" });
  expect(await status()).toBe(404);
  await newVideo(creator.userId);
  expect(await status()).toBe(200);
  expect(await creatorOf(creator.userId)).toMatchObject({
    name: `Name of ${creator.userId}`,
    about: "",
    links: [],
    avatar: null,
  });
  const quiet = await newAccount();
  const links = [{ title: "Site", url: "https://example.com/" }];
  await call(quiet.app, "PUT", "/v1/me/profile", { about: "I film gulls.", links });
  expect(await creatorOf(quiet.userId)).toMatchObject({ about: "I film gulls.", links });
});

test.each(["javascript:alert(1)", "data:text/html,x", "example.com"])(
  "a link to %s is refused",
  async (url) => {
    const { app } = await newAccount();
    const body = { about: "", links: [{ title: "x", url }] };
    const refused = await call(app, "PUT", "/v1/me/profile", body);
    expect(await problemOf(refused)).toMatchObject({ status: 400, code: "invalid_request" });
  },
);

test.each([
  ["avatar", 512, 512],
  ["banner", 2048, 512],
] as const)("the %s is stored without its metadata, replaced, and removed", async (...image) => {
  const [kind, width, height] = image;
  const creator = await newAccount();
  const put = async (bytes: Uint8Array<ArrayBuffer>) =>
    Creator.parse(await (await putImage(creator, kind, bytes)).json())[kind];
  const first = await put(jpeg(width, height));
  const served = await exports.default.fetch(`${ORIGIN}${first}`);
  expect([served.status, served.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  expect(served.headers.get("x-content-type-options")).toBe("nosniff");
  const bytes = new Uint8Array(await served.arrayBuffer());
  expect(new TextDecoder("latin1").decode(bytes)).not.toContain("GPS");
  const second = await put(jpeg(width / 8, height / 8));
  expect(second).not.toBe(first);
  expect((await exports.default.fetch(`${ORIGIN}${first}`)).status).toBe(404);
  expect((await call(creator.app, "DELETE", `/v1/me/profile/images/${kind}`)).status).toBe(204);
  expect((await creatorOf(creator.userId))[kind]).toBeNull();
  expect((await exports.default.fetch(`${ORIGIN}${second}`)).status).toBe(404);
});

test.each([
  ["avatar", jpeg(513, 512), 400, "invalid_request"],
  ["banner", jpeg(2048, 513), 400, "invalid_request"],
  [
    "avatar",
    Uint8Array.from(new TextEncoder().encode("<svg onload=alert(1)>")),
    400,
    "invalid_request",
  ],
  ["avatar", new Uint8Array(256 * 1024 + 1), 413, "payload_too_large"],
  ["banner", new Uint8Array(1024 * 1024 + 1), 413, "payload_too_large"],
  ["portrait", jpeg(1, 1), 400, "invalid_request"],
])("as %s, a file that does not fit is refused: %#", async (kind, bytes, status, code) => {
  const creator = await newAccount();
  const refused = await putImage(creator, kind, bytes);
  expect(await problemOf(refused)).toMatchObject({ status, code });
});

test("a feed reader gets the newest public videos, with their text escaped", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { title: "Gulls & <storms>" });
  await newVideo(userId, { title: "Hidden", visibility: "unlisted" });
  const response = await call(anonymous, "GET", `/v1/creators/${userId}/feed.xml`);
  expect(response.headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
  const xml = await response.text();
  expect(xml).toContain(`<link>${ORIGIN}/watch/${id}</link>`);
  expect(xml).toContain("<title>Gulls &amp; &lt;storms&gt;</title>");
  expect(xml).toContain(`href="${ORIGIN}/v1/creators/${userId}/feed.xml"`);
  expect(xml).not.toContain("Hidden");
});

test("the profile is exported and deleted with the account", async () => {
  const creator = await newAccount();
  await call(creator.app, "PUT", "/v1/me/profile", { about: "I film gulls.", links: [] });
  const { avatar } = Creator.parse(await (await putImage(creator, "avatar", jpeg(8, 8))).json());
  expect((await exportAccount(env, creator.userId)).profile).toMatchObject({
    about: "I film gulls.",
    avatar,
  });
  await deleteAccountContents(env, creator.userId);
  expect((await call(anonymous, "GET", `/v1/creators/${creator.userId}`)).status).toBe(404);
  expect((await exports.default.fetch(`${ORIGIN}${avatar}`)).status).toBe(404);
});
