import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../scripts/api-client.ts";
import { type DevStackOptions, startDevStack } from "../scripts/product/dev-stack.ts";
import { untilReady } from "../scripts/product/published-video.ts";
import { generateSource } from "../scripts/product/sample-video.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { VideoPage } from "../workers/contract/videos.ts";

export interface BenchSite {
  origin: string;
  /** Folder of the built site. */
  folder: string;
  /** Id of a public video with a whole ladder. */
  videoId: string;
  stop: () => Promise<void>;
}

/**
 * The running product with one video. As in the tests, KINORA_ORIGIN and KINORA_STATE select a running stack to use
 * instead of starting one.
 */
export async function startSite(options: DevStackOptions = {}): Promise<BenchSite> {
  const { KINORA_ORIGIN, KINORA_STATE } = process.env;
  const stack =
    KINORA_ORIGIN !== undefined && KINORA_STATE !== undefined
      ? { origin: KINORA_ORIGIN, state: KINORA_STATE, stop: async () => undefined }
      : await startDevStack(options);
  try {
    const videoId = await publish(stack.origin);
    return {
      origin: stack.origin,
      folder: join(stack.state, "site"),
      videoId,
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function publish(origin: string): Promise<string> {
  const api = new ApiClient(origin);
  await api.signIn({
    name: "Nora Vale",
    email: "bench@example.com",
    password: "nine quiet harbour lamps",
  });
  const own = VideoPage.parse(await api.call("GET", "/v1/videos?creator=me&state=ready"));
  const [published] = own.items;
  if (published) return published.id;
  const folder = await mkdtemp(join(tmpdir(), "kinora-bench-site-"));
  try {
    const source = join(folder, "source.mp4");
    await generateSource(source, { seconds: 20, width: 1280, height: 720, bitrate: 4_000_000 });
    const metadata = {
      title: "The harbour before the storm",
      description: "Boats come home before the storm.",
      category: "film",
      visibility: "public",
      alwaysEncode: true,
    } as const;
    const id = await uploadFile(api, source, metadata, () => {});
    await untilReady(api, id);
    return id;
  } finally {
    await rm(folder, { recursive: true });
  }
}
