import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import { call, newAccount } from "../../tests/support/worker/api.ts";
import { insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { newId } from "../domain/id.ts";

const admin = await newAccount("admin");
const asAdmin = (method: string, path: string, body?: unknown) =>
  call(admin.app, method, `/v1/admin/accounts/${path}`, body);

// Time never goes backwards, which the shared isolate of all tests would not expect.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());

test.each([
  ["suspended", (id: string) => asAdmin("PUT", `${id}/suspension`, { reason: "" })],
  ["deleted", (id: string) => asAdmin("DELETE", id)],
] as const)(
  "the playbacks of an account stop within a minute once it is %s, and no others do",
  async (_, end) => {
    const viewer = await signUp("viewer");
    const id = await insertVideo();
    await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
    const play = async (headers: Record<string, string>) => {
      const path = `/v1/videos/${id}/playback`;
      const response = await exports.default.fetch(`${ORIGIN}${path}`, { method: "POST", headers });
      const { token } = await response.json<{ token: string }>();
      return `/media/${token}/${id}/1/p1/multivariant.m3u8`;
    };
    const status = async (path: string) => {
      const response = await exports.default.fetch(`${ORIGIN}${path}`);
      await response.arrayBuffer();
      return response.status;
    };
    const [own, other, visitor] = [
      await play(viewer.headers),
      await play((await signUp("viewer")).headers),
      await play({}),
    ];
    expect([await status(own), await status(other), await status(visitor)]).toEqual([
      200, 200, 200,
    ]);
    // A request that was authorized by a cached copy of the session may still be issued a token, like this one.
    const late = await tokenFor(id, { accountId: viewer.userId, issuedAt: Date.now() + 30_000 });
    const unhurt = await tokenFor(id, { accountId: newId(), issuedAt: Date.now() + 30_000 });
    const listsOf = (token: string) => `/media/${token}/${id}/1/p1/multivariant.m3u8`;
    expect((await end(viewer.userId)).status).toBe(204);
    // Waits until this isolate's copy of the log is too old to use.
    vi.setSystemTime(Date.now() + 50_000);
    expect([await status(own), await status(listsOf(late))]).toEqual([403, 403]);
    const others = [other, visitor, listsOf(unhurt)];
    expect(await Promise.all(others.map(status))).toEqual([200, 200, 200]);
  },
);

test("a suspended account loses access to the images in its lists", async () => {
  const [viewer, other] = [await signUp("viewer"), await signUp("viewer")];
  const posterPath = "files/images.1/poster.jpg";
  const id = await insertVideo({ visibility: "unlisted", posterPath });
  await env.MEDIA.put(`${id}/1/${posterPath}`, "jpeg");
  const ask = async (who: typeof viewer, method: string, path: string, body?: object) => {
    const response = await exports.default.fetch(`${ORIGIN}/v1${path}`, {
      method,
      headers: { ...who.headers, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect([path, response.ok]).toEqual([path, true]);
    return response;
  };
  const postersOf = async (who: typeof viewer): Promise<string[]> => {
    await ask(who, "PUT", `/videos/${id}/watchlist`);
    await ask(who, "PUT", `/videos/${id}/progress`, { position: 7 });
    const made = await ask(who, "POST", "/playlists", { title: "Evenings" });
    const playlist = `/playlists/${(await made.json<{ id: string }>()).id}`;
    await ask(who, "PUT", `${playlist}/videos/${id}`, {});
    const posters: string[] = [];
    for (const list of ["/watchlist", "/history", playlist]) {
      const answer = await ask(who, "GET", list);
      const { items } = await answer.json<{ items: { video: { poster: string } }[] }>();
      posters.push(items[0]!.video.poster);
    }
    return posters;
  };
  const statuses = (posters: string[]): Promise<number[]> =>
    Promise.all(
      posters.map(async (poster) => {
        const response = await exports.default.fetch(ORIGIN + poster);
        await response.arrayBuffer();
        return response.status;
      }),
    );
  const [own, others] = [await postersOf(viewer), await postersOf(other)];
  expect([await statuses(own), await statuses(others)]).toEqual([
    [200, 200, 200],
    [200, 200, 200],
  ]);
  expect((await asAdmin("PUT", `${viewer.userId}/suspension`, { reason: "" })).status).toBe(204);
  vi.setSystemTime(Date.now() + 50_000);
  expect([await statuses(own), await statuses(others)]).toEqual([
    [403, 403, 403],
    [200, 200, 200],
  ]);
});
