import type { Page } from "playwright-core";
import { beforeAll, expect, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { settled, signIn } from "../../scripts/product/site-pages.ts";
import { Playlist, PlaylistPage } from "../../workers/contract/playlists.ts";
import { UploadCreated } from "../../workers/contract/uploads.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";
import {
  DESKTOP,
  PHONE,
  setUpWhiteVideo,
  TIMEOUT_MS,
} from "../support/product/white-video-page.ts";

const { origin, id, newPage } = setUpWhiteVideo();
const account = {
  name: "Ida Shelf",
  email: "ida-shelf@example.com",
  password: "nine quiet harbour lamps",
};
const SIZES = [
  ["a laptop", DESKTOP],
  ["a phone", PHONE],
] as const;
const api = new ApiClient(origin);
/** Videos of the account that can be in its own lists without being encoded. */
const own: string[] = [];

beforeAll(async () => {
  await api.signIn(account);
  for (const title of ["Second evening", "Third evening"]) {
    const file = { filename: "a.mp4", size: 1000, contentType: "video/mp4", title };
    own.push(UploadCreated.parse(await api.call("POST", "/v1/uploads", file)).videoId);
  }
});

/** Expects no accessibility violation and nothing wider than the window. */
async function expectSound(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  const { width } = page.viewportSize()!;
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
}

const action = (page: Page, name: string) =>
  page.getByRole("list", { name: "Actions" }).getByRole("button", { name });

test.each(SIZES)("on %s a visitor's watchlist is kept in the browser", async (_name, context) => {
  const page = await newPage(context);
  await page.goto(`/watch/${id()}`);
  await action(page, "Save to watchlist").click();
  await page.goto("/library");
  await page.getByRole("link", { name: "White harbour" }).waitFor();
  await settled(page);
  await expectSound(page);
  await page.getByRole("button", { name: "Remove White harbour" }).click();
  await page.getByRole("heading", { name: "Nothing saved yet" }).waitFor();
});

test("a visitor's watchlist and progress are added to the account at sign-in", async () => {
  const page = await newPage();
  await page.goto(`/watch/${id()}`);
  await action(page, "Save to watchlist").click();
  await action(page, "Save to watchlist").and(page.locator("[aria-pressed=true]")).waitFor();
  // Leaves the player, which stores positions itself.
  await page.goto("/library");
  await page.evaluate((videoId) => {
    const position = { id: videoId, at: 12, unsentSince: Date.now() };
    localStorage.setItem("kinora.resume", JSON.stringify([position]));
  }, id());
  await signIn(page, account);
  await vi.waitFor(
    async () =>
      expect(await api.call("GET", "/v1/history")).toMatchObject({
        items: [{ video: { id: id() }, progress: { position: 12 } }],
      }),
    TIMEOUT_MS,
  );
  await vi.waitFor(
    async () => expect(JSON.stringify(await api.call("GET", "/v1/watchlist"))).toContain(id()),
    TIMEOUT_MS,
  );
  await vi.waitFor(
    async () =>
      expect(await page.evaluate(() => localStorage.getItem("kinora.watchlist"))).toBeNull(),
    TIMEOUT_MS,
  );
  await api.call("DELETE", `/v1/videos/${id()}/watchlist`);
  await api.call("DELETE", "/v1/history");
});

test.each(SIZES)(
  "on %s an account likes and saves a video, and reorders a playlist by keyboard and by dragging",
  async (name, context) => {
    const page = await newPage(context);
    await startSession(page, account);
    await page.goto(`/watch/${id()}`);
    // The changes are made one after the other, without waiting for the server.
    for (const button of ["Like", "Save to watchlist"]) {
      await action(page, button).click();
      await action(page, button).and(page.locator("[aria-pressed=true]")).waitFor();
    }
    for (const list of ["/library", "/library/likes"]) {
      await vi.waitFor(
        async () => expect(JSON.stringify(await api.call("GET", pathOf(list)))).toContain(id()),
        TIMEOUT_MS,
      );
      const shelf = await page.context().newPage();
      shelf.setDefaultTimeout(TIMEOUT_MS);
      await shelf.goto(list);
      await shelf.getByRole("link", { name: "White harbour" }).waitFor();
      await settled(shelf);
      await expectSound(shelf);
      await shelf.close();
    }

    await action(page, "Playlist").click();
    const dialog = page.getByRole("dialog", { name: "Save to…" });
    await dialog.getByLabel("New playlist").fill(`Evenings on ${name}`);
    await dialog.getByRole("button", { name: "Create and add" }).click();
    await dialog.getByLabel(`Evenings on ${name}`).and(page.locator(":checked")).waitFor();
    expect(await violations(page)).toEqual([]);

    const { id: list } = await newestPlaylist();
    const order = async () => {
      const { items } = PlaylistPage.parse(await api.call("GET", `/v1/playlists/${list}`));
      return items.map(({ video }) => video.id);
    };
    for (const video of own) await api.call("PUT", `/v1/playlists/${list}/videos/${video}`, {});
    const [second, third] = own;
    await page.goto(`/playlist/${list}`);
    const handle = (title: string) =>
      page.getByRole("button", { name: `Move ${title}` }).and(page.locator(".playlist-handle"));
    await handle("White harbour").press("ArrowDown");
    await vi.waitFor(async () => expect(await order()).toEqual([second, id(), third]), TIMEOUT_MS);
    // The focus stays on the row that was moved.
    await page.locator(":focus").and(handle("White harbour")).waitFor();
    await page.getByText("White harbour is now number 2 of 3.").waitFor();
    await page.locator(":focus").press("ArrowDown");
    await vi.waitFor(async () => expect(await order()).toEqual([second, third, id()]), TIMEOUT_MS);

    await settled(page);
    await dragOnto(page, handle("White harbour"), handle("Second evening"));
    await vi.waitFor(async () => expect(await order()).toEqual([id(), second, third]), TIMEOUT_MS);
    await expectSound(page);

    await page.getByRole("link", { name: "Play all" }).click();
    await page.waitForURL(`${origin}/watch/${id()}?list=${list}`);
    const next = page.getByRole("link", { name: "Second evening" }).first();
    await next.waitFor();
    const box = await page
      .locator(".next-in-list:visible, .playing-list:visible")
      .first()
      .boundingBox();
    expect(box!.y).toBeLessThan(context.viewport.height);
    await api.call("DELETE", `/v1/playlists/${list}`);
    for (const verb of ["like", "watchlist"])
      await api.call("DELETE", `/v1/videos/${id()}/${verb}`);
  },
);

test.each(SIZES)(
  "on %s a creator creates a series with two seasons in the studio",
  async (_name, context) => {
    const page = await newPage(context);
    await startSession(page, account);
    await page.goto("/studio/playlists");
    await page.getByRole("button", { name: "New series" }).click();
    await page.getByRole("dialog").getByLabel("Title").fill("Evenings by season");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/playlist/*");
    await page.getByRole("heading", { name: "Evenings by season", level: 1 }).waitFor();
    await expectSound(page);

    await page.getByRole("button", { name: "Add videos" }).click();
    const dialog = page.getByRole("dialog", { name: "Add videos" });
    for (const title of ["Second evening", "Third evening"]) {
      await dialog.getByRole("searchbox").fill(title.split(" ")[0]!);
      await expect
        .poll(() => dialog.getByRole("checkbox").count(), { timeout: TIMEOUT_MS })
        .toBe(1);
      await dialog.getByLabel(title).check();
      await dialog.getByLabel(title).and(page.locator(":checked:enabled")).waitFor();
    }
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByLabel("Season of Third evening").selectOption("Season 2");
    await page.getByRole("heading", { name: "Season 2" }).waitFor();
    await expectSound(page);

    const { id: list } = await newestPlaylist();
    const episodes = async () => {
      const { items } = PlaylistPage.parse(await api.call("GET", `/v1/playlists/${list}`));
      return items.map(({ video, season, episode }) => [video.id, season, episode]);
    };
    const [second, third] = own;
    expect(await episodes()).toEqual([
      [second, 1, 1],
      [third, 2, 1],
    ]);
    await page
      .locator(".playlist-handle")
      .and(page.getByRole("button", { name: "Move Third evening" }))
      .press("ArrowUp");
    await expect.poll(episodes, { timeout: TIMEOUT_MS }).toEqual([
      [third, 1, 1],
      [second, 1, 2],
    ]);

    await page.getByRole("button", { name: "Add videos" }).click();
    await dialog.getByLabel("Third evening").uncheck();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect.poll(episodes, { timeout: TIMEOUT_MS }).toEqual([[second, 1, 1]]);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL("**/studio/playlists");
    await expectSound(page);
  },
);

const pathOf = (list: string): string => (list === "/library" ? "/v1/watchlist" : "/v1/likes");

async function newestPlaylist(): Promise<Playlist> {
  const { items } = (await api.call("GET", "/v1/playlists?creator=me")) as { items: unknown[] };
  return Playlist.parse(items[0]);
}

type Handle = ReturnType<Page["getByRole"]>;

async function dragOnto(page: Page, from: Handle, to: Handle): Promise<void> {
  await from.hover();
  await page.mouse.down();
  const box = (await to.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.locator(".playlist-row-target", { has: to }).waitFor();
  await page.mouse.up();
}

test("the account's settings apply to the player on the next visit", async () => {
  const page = await newPage();
  await startSession(page, account);
  await page.goto("/settings/watching");
  await page.getByLabel("Audio").selectOption("de");
  await page.getByLabel("Captions").selectOption("de");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await settled(page);
  await expectSound(page);
  // A change on another device, which the account has not reported here yet.
  await page.evaluate(() => {
    for (const key of [
      "kinora.watch-settings",
      "kinora.player",
      "media-chrome-pref-subtitles-lang",
    ])
      localStorage.removeItem(key);
  });
  await page.goto(`/watch/${id()}`);
  const playing = () =>
    page.locator("video").evaluate((video: HTMLVideoElement) => {
      const { audioTracks } = video as unknown as {
        audioTracks?: Iterable<{ enabled: boolean; language: string }>;
      };
      return {
        audio: [...(audioTracks ?? [])].find((track) => track.enabled)?.language,
        captions: [...video.textTracks].find(
          ({ kind, mode }) => kind === "captions" && mode === "showing",
        )?.language,
      };
    });
  await vi.waitFor(
    async () => expect(await playing()).toEqual({ audio: "de", captions: "de" }),
    TIMEOUT_MS,
  );
  await api.call("PATCH", "/v1/me/watch-settings", {
    audioLanguage: null,
    captionLanguage: null,
  });
});

test("the history can be paused, and single videos can be removed from it", async () => {
  const page = await newPage();
  await startSession(page, account);
  await api.call("PUT", `/v1/videos/${id()}/progress`, { position: 5 });
  await page.goto("/history");
  await page.getByRole("button", { name: "Remove White harbour" }).click();
  await page.getByRole("heading", { name: "Nothing watched yet" }).waitFor();
  await page.getByRole("button", { name: "Pause history" }).click();
  await page.getByRole("button", { name: "Resume history" }).waitFor();
  await api.call("PUT", `/v1/videos/${id()}/progress`, { position: 9 });
  await page.reload();
  await page.getByRole("heading", { name: "Nothing watched yet" }).waitFor();
  await page.getByRole("button", { name: "Resume history" }).click();
  await page.getByRole("button", { name: "Pause history" }).waitFor();
});
