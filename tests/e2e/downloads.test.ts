import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from "vitest";
import { probeFile } from "../support/transcoder/bench.ts";
import { ApiClient } from "../../scripts/api-client.ts";
import { Playback } from "../../workers/contract/playback.ts";
import { type PublishedVideo, publishVideo } from "../../scripts/product/published-video.ts";
import { exportAccount } from "../../scripts/transfer/export-account.ts";
import { importAccount } from "../../scripts/transfer/import-account.ts";
import { TokenCreated } from "../../workers/contract/accounts.ts";
import { VideoFileList } from "../../workers/contract/video-files.ts";
import { VideoPage } from "../../workers/contract/videos.ts";
import { newId } from "../../workers/domain/id.ts";
import { PlaylistList, PlaylistPage } from "../../workers/contract/playlists.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const POLL_OPTIONS = { timeout: 300_000, interval: 500 };
/** Number of frames of the video that `publishVideo` uploads. */
const FRAME_COUNT = 120;
const CODECS = { m4a: ["aac"], mp4: ["h264", "aac"], webm: ["vp9", "opus"] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-downloads-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let video: PublishedVideo;
let api: ApiClient;
beforeAll(async () => {
  video = await publishVideo(origin, folder, "Lamps to take along");
  api = new ApiClient(origin);
  await api.signIn(video.account);
});

test("downloads are created when the creator turns them on, and deleted when they are turned off", async () => {
  const playback = async () =>
    Playback.parse(await api.call("POST", `/v1/videos/${video.id}/playback`, {}));
  expect((await playback()).downloads).toEqual([]);

  await api.call("PATCH", `/v1/videos/${video.id}`, { downloadsEnabled: true });
  await vi.waitUntil(async () => (await playback()).downloads.length === 3, POLL_OPTIONS);
  for (const { format, url, size } of (await playback()).downloads) {
    const file = join(folder, `download.${format}`);
    const bytes = Buffer.from(await (await fetch(new URL(url, origin))).arrayBuffer());
    expect([format, bytes.length]).toEqual([format, size]);
    await writeFile(file, bytes);
    const { streams, packets } = await probeFile(file);
    expect(streams.map((stream) => stream["codec_name"])).toEqual(CODECS[format]);
    const frames = packets.filter(({ stream }) => streams[stream]?.["codec_type"] === "video");
    expect([format, frames.length]).toEqual([format, format === "m4a" ? 0 : FRAME_COUNT]);
  }
  const multivariantPlaylist = await (await fetch(new URL((await playback()).hls, origin))).text();
  expect(multivariantPlaylist).not.toMatch(/vp09|opus/i);

  await api.call("PATCH", `/v1/videos/${video.id}`, { downloadsEnabled: false });
  await vi.waitUntil(async () => (await playback()).downloads.length === 0, POLL_OPTIONS);
});

test("a creator gets the uploaded file back byte for byte, and each rendition whole", async () => {
  const listed = await api.call("GET", `/v1/videos/${video.id}/files`);
  const { items } = VideoFileList.parse(listed);
  const [source] = items;
  const renditions = items.filter(({ kind }) => kind === "rendition");
  const uploaded = await readFile(join(folder, "lamps-to-take-along.mp4"));
  const bytes = Buffer.from(await (await fetch(source!.url)).arrayBuffer());
  expect([source!.name, bytes.equals(uploaded)]).toEqual(["Lamps-to-take-along.mp4", true]);
  expect(renditions.length).toBeGreaterThan(1);
  for (const { id, url, codec, bytes: size } of renditions) {
    const file = join(folder, id);
    await writeFile(file, Buffer.from(await (await fetch(url)).arrayBuffer()));
    const { streams, packets } = await probeFile(file);
    expect(streams.map((stream) => stream["codec_name"])).toEqual([codec]);
    if (codec === "h264") expect([id, packets.length]).toEqual([id, FRAME_COUNT]);
    expect((await readFile(file)).length).toBe(size);
  }
});

test("the studio has links to the files, which the browser saves under their names", async () => {
  onTestFinished(closeKeptPages);
  const page = await openKeptPage({
    baseURL: origin,
    viewport: { width: 390, height: 800 },
    acceptDownloads: true,
  });
  page.setDefaultTimeout(POLL_OPTIONS.timeout);
  await startSession(page, video.account);
  await page.goto(`/studio/${video.id}/processing`);
  const files = page.getByRole("region", { name: "Files" });
  await files
    .getByRole("link", { name: /^Download Video only, / })
    .first()
    .waitFor();
  const saved = page.waitForEvent("download");
  await files.getByRole("link", { name: /^Download Uploaded file, / }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe("Lamps-to-take-along.mp4");
  const uploaded = await readFile(join(folder, "lamps-to-take-along.mp4"));
  expect((await readFile(await download.path())).equals(uploaded)).toBe(true);
});

test("an account is exported, and imported into another one", { timeout: 300_000 }, async () => {
  const archiveFolder = join(folder, "archive");
  const cues = "WEBVTT\n\n00:01.000 --> 00:02.000\nLamps.\n";
  const chapters = [
    { start: 0, title: "Dusk" },
    { start: 4, title: "Night" },
  ];
  await api.putFile(`/v1/videos/${video.id}/captions/de`, new Blob([cues], { type: "text/vtt" }));
  await api.call("PUT", `/v1/videos/${video.id}/chapters`, { own: chapters });
  await api.call("PATCH", `/v1/videos/${video.id}`, { people: ["Mara Quill"], language: "de" });
  const series = (await api.call("POST", "/v1/playlists", {
    ...{ title: "Lamps", kind: "series", visibility: "public" },
  })) as { id: string };
  await api.call("PUT", `/v1/playlists/${series.id}/videos/${video.id}`, { season: 2 });
  await api.call("PUT", "/v1/me/profile", { about: "Lamps only.", links: [] });

  const from = await withToken(api, ["videos:read", "library:read"]);
  const options = { withRenditions: false, report: () => {} };
  const first = await exportAccount(from, archiveFolder, options);
  // A run that was interrupted in the middle of a file leaves a part of it.
  const source = join(archiveFolder, first.videos[0]!.source!.path);
  await rm(source);
  await writeFile(`${source}.part`, await readFile(join(folder, "lamps-to-take-along.mp4")));
  await truncate(`${source}.part`, 1000);
  const archive = await exportAccount(from, archiveFolder, options);
  // The product may add a notice about a new video in the meantime.
  const notes = { updatedAt: expect.any(String) as string };
  expect(archive.videos).toEqual(first.videos.map((video) => ({ ...video, ...notes })));

  const second = new ApiClient(origin);
  await second.signIn({ ...video.account, email: `${newId().toLowerCase()}@example.com` });
  const to = await withToken(second, [
    "videos:read",
    "videos:write",
    "uploads:write",
    "library:read",
    "library:write",
  ]);
  expect(await importAccount(to, archiveFolder, () => {})).toEqual([]);
  // Runs once more: nothing is imported twice.
  expect(await importAccount(to, archiveFolder, () => {})).toEqual([]);

  const { items } = VideoPage.parse(await second.call("GET", "/v1/videos?creator=me"));
  expect(items).toMatchObject([
    {
      ...{ title: "Lamps to take along", state: "ready", visibility: "public", language: "de" },
      ...{ people: ["Mara Quill"], tags: ["sea"], category: "film", captionLanguages: ["de"] },
    },
  ]);
  const { id } = items[0]!;
  expect(await second.call("GET", `/v1/videos/${id}/chapters`)).toMatchObject({ own: chapters });
  expect(await second.readText(`/v1/videos/${id}/captions/de`)).toContain("Lamps.");
  expect(await second.call("GET", "/v1/me/profile")).toMatchObject({ about: "Lamps only." });
  const playlists = PlaylistList.parse(await second.call("GET", "/v1/playlists?creator=me")).items;
  expect(playlists).toMatchObject([{ title: "Lamps", kind: "series", visibility: "public" }]);
  const page = await second.call("GET", `/v1/playlists/${playlists[0]!.id}`);
  expect(PlaylistPage.parse(page).items).toMatchObject([{ video: { id }, season: 2, episode: 1 }]);
});

/** A client with a personal access token of the account, like the command line tools. */
async function withToken(account: ApiClient, scopes: string[]): Promise<ApiClient> {
  const created = await account.call("POST", "/v1/tokens", { name: "Transfer", scopes });
  const client = new ApiClient(origin);
  client.useToken(TokenCreated.parse(created).token);
  return client;
}
