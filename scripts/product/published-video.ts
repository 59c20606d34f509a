import { setTimeout as wait } from "node:timers/promises";
import { join } from "node:path";
import { ApiClient } from "../api-client.ts";
import { uploadFile } from "../upload-file.ts";
import { Video, type Visibility } from "../../workers/contract/videos.ts";
import { generateSource } from "./sample-video.ts";

const POLL_MS = 250;

export interface PublishedVideo {
  id: string;
  creatorId: string;
  account: { name: string; email: string; password: string };
}

/**
 * Uploads a short video with a new account and waits until it is ready.
 * @param folder for the source
 * @param name of the account
 */
export async function publishVideo(
  origin: string,
  folder: string,
  title: string,
  visibility: Visibility = "public",
  name = "Nora Vale",
): Promise<PublishedVideo> {
  const slug = title.toLowerCase().replaceAll(/\W+/g, "-");
  const account = {
    name,
    email: `${slug}@example.com`,
    password: "nine quiet harbour lamps",
  };
  const source = join(folder, `${slug}.mp4`);
  await generateSource(source, { seconds: 8, width: 426, height: 240, rate: 15 });
  const api = new ApiClient(origin);
  await api.signIn(account);
  const id = await uploadFile(
    api,
    source,
    {
      title,
      description: "Boats come home before the storm.",
      tags: ["sea"],
      category: "film",
      visibility,
    },
    () => {},
  );
  const { creator } = await untilReady(api, id);
  return { id, creatorId: creator.id, account };
}

/** @throws Error with the reason when the video fails or takes too long */
export async function untilReady(api: ApiClient, id: string, late?: AbortSignal): Promise<Video> {
  for (;;) {
    const video = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    const { title, state, error } = video;
    if (state === "ready") return video;
    if (state === "failed") throw new Error(`${title}: ${error?.code}: ${error?.detail}`);
    if (late?.aborted) throw new Error(`${title} is still ${state}.`);
    await wait(POLL_MS);
  }
}
