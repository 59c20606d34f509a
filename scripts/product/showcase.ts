import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { Playlist } from "../../workers/contract/playlists.ts";
import type { UploadCreate } from "../../workers/contract/uploads.ts";
import { titleFromFilename } from "../../workers/domain/titles.ts";
import { ApiClient } from "../api-client.ts";
import { ROOT } from "../dev/settings.ts";
import { uploadFile, VIDEO_TYPES } from "../upload-file.ts";
import type { DevStack } from "./dev-stack.ts";
import { type PublishedVideo, untilReady } from "./published-video.ts";
import { generateSource } from "./sample-video.ts";

type Account = PublishedVideo["account"];

const PASSWORD = "nine quiet harbour lamps";
const NORA = { name: "Nora Vale", email: "nora@example.com", password: PASSWORD };
const IVO = { name: "Ivo Brandt", email: "ivo@example.com", password: PASSWORD };
const ADMIN = { name: "Ada Quay", email: "ada@example.com", password: PASSWORD };

interface Entry {
  by: Account;
  details: Partial<UploadCreate>;
}

/** Titles for the files of ../shared/media, so that the pages look like a real site. The first is the hero. */
const ENTRIES: Record<string, Entry> = {
  "mb-video.mp4": {
    by: NORA,
    details: {
      title: "Five seconds of light",
      description:
        "Discs fall through five seconds of light, drawn frame by frame.\n\nMore studies at https://example.com/light",
      category: "animation",
      tags: ["light", "drawn", "short"],
      people: ["Mara Quill"],
    },
  },
  "exo-big-buck-bunny.mp4": {
    by: NORA,
    details: {
      title: "The rabbit wakes",
      description: "First light in the meadow. The rabbit wakes, and nothing is as it was.",
      category: "animation",
      tags: ["light", "meadow"],
    },
  },
  "echo-hereweare.webm": {
    by: IVO,
    details: {
      title: "Here we are",
      description: "A night drive through a city that never turns its lights off.",
      category: "film",
      tags: ["night", "city"],
    },
  },
  "mediacms-small.mp4": {
    by: IVO,
    details: {
      title: "Above the snow line",
      description: "Half a minute of clear light over the mountains.",
      category: "travel",
      tags: ["mountains", "snow"],
    },
  },
  "exo-sample.avi": {
    by: IVO,
    details: {
      title: "Archive reel no. 7",
      description: "Gannets dive for herring, filmed from the cliff.",
      category: "documentary",
      tags: ["sea", "birds"],
    },
  },
  "mb-video-h265.mp4": {
    by: NORA,
    details: {
      title: "Evening in motion",
      description: "The same discs at dusk, with the clock in the picture.",
      category: "animation",
      tags: ["light", "short"],
    },
  },
};

/** A realistic site: two creators who follow each other, with videos, lists, a history and a report. */
export interface Showcase {
  /** The video of the watch page, with the account that views the site. */
  video: PublishedVideo;
  /** The profile that watches with that account. */
  profile: string;
  admin: Account;
  playlistId: string;
  seriesId: string;
}

async function signedIn(origin: string, account: Account): Promise<ApiClient> {
  const api = new ApiClient(origin);
  await api.signIn(account);
  return api;
}

const idOf = async (api: ApiClient): Promise<string> =>
  ((await api.call("GET", "/v1/me")) as { id: string }).id;

/** The files of a folder: those with titles, or else all. */
async function entriesIn(folder: string): Promise<[string, Entry][]> {
  const names = (await readdir(folder)).filter((name) => extname(name) in VIDEO_TYPES);
  const titled = Object.keys(ENTRIES).filter((name) => names.includes(name));
  if (titled.length > 0) return titled.map((name) => [name, ENTRIES[name]!]);
  return names.map((name) => [
    name,
    { by: NORA, details: { title: titleFromFilename(name), category: "film" } },
  ]);
}

/**
 * Uploads all videos and publishes Nora's and the first of Ivo's; his others are published later, for his followers.
 * @returns the videos that are ready, in the order of the entries
 */
async function uploadAll(
  clients: ReadonlyMap<Account, ApiClient>,
  folder: string,
): Promise<{ by: Account; id: string }[]> {
  const uploaded: { by: Account; id: string }[] = [];
  for (const [name, { by, details }] of await entriesIn(folder)) {
    const isLater = by === IVO && uploaded.some((other) => other.by === IVO);
    const body = { ...details, visibility: isLater ? "private" : "public" } as const;
    const id = await uploadFile(clients.get(by)!, join(folder, name), body, () => {});
    uploaded.push({ by, id });
  }
  const ready: { by: Account; id: string }[] = [];
  for (const { by, id } of uploaded) {
    const isReady = await untilReady(clients.get(by)!, id).then(
      () => true,
      (error: unknown) => console.error(`Left out: ${String(error)}`),
    );
    if (isReady) ready.push({ by, id });
  }
  return ready;
}

async function makeList(api: ApiClient, body: object, ids: readonly string[]): Promise<string> {
  const { id } = Playlist.parse(await api.call("POST", "/v1/playlists", body));
  for (const video of ids) await api.call("PUT", `/v1/playlists/${id}/videos/${video}`, {});
  return id;
}

/**
 * Fills an empty stack.
 * @param folder of the videos; without it, one is generated
 * @param work folder for the generated one
 */
export async function fillShowcase(
  { origin, state }: DevStack,
  folder: string,
  work: string,
): Promise<Showcase> {
  const [nora, ivo] = [await signedIn(origin, NORA), await signedIn(origin, IVO)];
  const [noraId, ivoId] = [await idOf(nora), await idOf(ivo)];
  await nora.call("PUT", "/v1/me/profile", {
    about: "I draw light, mostly at night. New studies on Sundays.",
    links: [{ title: "Sketchbook", url: "https://example.com/sketches" }],
  });
  if (!existsSync(folder))
    await generateSource(join(work, "Harbour light.mp4"), { seconds: 8, width: 1280, height: 720 });
  const clients = new Map([
    [NORA, nora],
    [IVO, ivo],
  ]);
  const videos = await uploadAll(clients, existsSync(folder) ? folder : work);
  const ids = videos.map(({ id }) => id);
  const own = videos.filter(({ by }) => by === NORA).map(({ id }) => id);
  const foreign = ids.filter((id) => !own.includes(id));
  if (foreign.length > 0) {
    await nora.call("PUT", `/v1/me/follows/${ivoId}`);
    await ivo.call("PUT", `/v1/me/follows/${noraId}`);
    for (const id of foreign) await ivo.call("PATCH", `/v1/videos/${id}`, { visibility: "public" });
  }
  for (const id of foreign) await nora.call("PUT", `/v1/videos/${id}/watchlist`);
  for (const id of ids.slice(0, 2)) await nora.call("PUT", `/v1/videos/${id}/like`);
  for (const id of foreign.slice(0, 2))
    await nora.call("PUT", `/v1/videos/${id}/progress`, { position: 12 });
  const playlistId = await makeList(
    nora,
    { title: "For a rainy evening", description: "Short, quiet, no rain.", visibility: "public" },
    ids,
  );
  const seriesId = await makeList(
    nora,
    { title: "Studies of light", kind: "series", visibility: "public" },
    own,
  );
  // An account that several viewers share.
  await nora.call("POST", "/v1/me/profiles", { name: "Ada", avatar: "whale" });
  await nora.call("POST", "/v1/me/profiles", { name: "Grandpa", avatar: "owl" });

  await signedIn(origin, ADMIN);
  const command = [join(ROOT, "scripts/admin.ts"), ADMIN.email];
  const env = { ...process.env, KINORA_STATE: state };
  await promisify(execFile)(process.execPath, command, { env });
  const admin = await signedIn(origin, ADMIN);
  const [hero] = ids;
  if (hero === undefined) throw new Error(`There is no video that can be played in ${folder}.`);
  await admin.call("PUT", "/v1/admin/editors-pick", { videoId: hero });
  const reported = foreign[0] ?? hero;
  const report = { reason: "other", text: "The title is that of another video." };
  await nora.call("POST", `/v1/videos/${reported}/reports`, report);
  return {
    video: { id: hero, creatorId: noraId, account: NORA },
    ...{ profile: NORA.name, admin: ADMIN, playlistId, seriesId },
  };
}
