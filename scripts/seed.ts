import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { Video } from "../workers/contract/videos.ts";
import { titleFromFilename } from "../workers/domain/titles.ts";
import { ApiClient } from "./api-client.ts";
import { readCommandLine, refuseCommandLine } from "./command-line.ts";
import { readSettings } from "./dev/settings.ts";
import { uploadFile, VIDEO_TYPES } from "./upload-file.ts";

/**
 * `npm run seed -- <folder>`: uploads every video file of a folder through the public API with a demo account, and waits
 * until each is ready or has failed. PUBLIC_ORIGIN is the target; the default is the site of `npm run dev`.
 */
const DEMO_ACCOUNT = {
  name: "Demo creator",
  email: "demo@kinora.localhost",
  password: "demo-creator-of-kinora",
};
const POLL_MS = 1000;

const USAGE = `Usage: npm run seed -- FOLDER
Uploads every video file of a folder with a demo account, and waits until each is ready or has failed.
PUBLIC_ORIGIN is the target; without it, it is the site of npm run dev.`;

const { positionals } = readCommandLine(USAGE, { allowPositionals: true });
const folder = positionals[0] ?? refuseCommandLine("Name the folder with video files.", USAGE);

async function filesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    console.error(`There is no folder ${path}.`);
    process.exit(2);
  }
}

/** Prints a line that the next one overwrites, in a terminal only. */
function status(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
}
function line(text: string): void {
  status("");
  console.log(text);
}

async function untilEncoded(api: ApiClient, id: string): Promise<Video> {
  for (;;) {
    const video = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    if (video.state === "ready" || video.state === "failed") return video;
    status(`${video.title}: ${video.state} ${Math.round((video.progress ?? 0) * 100)} %`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const origin =
  process.env.PUBLIC_ORIGIN ?? `http://localhost:${readSettings(process.env).sitePort}`;
const api = new ApiClient(origin);
const files = (await filesOf(folder))
  .filter((name) => extname(name).toLowerCase() in VIDEO_TYPES)
  .sort();
if (files.length === 0) {
  console.error(`There is no video file in ${folder}.`);
  process.exit(2);
}
await api.signIn(DEMO_ACCOUNT).catch((error: unknown) => {
  console.error(
    `${error instanceof Error ? error.message : String(error)}. Is Kinora running at ${origin}? Start it with npm run dev, or set PUBLIC_ORIGIN.`,
  );
  process.exit(1);
});

const uploaded: { file: string; id: string; since: number }[] = [];
let failures = 0;
for (const file of files) {
  const started = Date.now();
  try {
    const metadata = { title: titleFromFilename(file), visibility: "public" as const };
    const id = await uploadFile(api, join(folder, file), metadata, (stored, size) =>
      status(`${file}: ${Math.round((100 * stored) / size)} % of ${(size / 1e6).toFixed(1)} MB`),
    );
    uploaded.push({ file, id, since: Date.now() });
    line(`${file}: uploaded in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    failures++;
    line(`${file}: not uploaded. ${error instanceof Error ? error.message : String(error)}`);
  }
}

await Promise.all(
  uploaded.map(async ({ file, id, since }) => {
    const video = await untilEncoded(api, id);
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    if (video.state === "failed") failures++;
    const outcome = video.error
      ? `${video.error.detail} (${video.error.code})`
      : `${api.origin}/watch/${id}`;
    line(`${file}: ${video.state} after ${seconds} s. ${outcome}`);
  }),
);
process.exitCode = failures > 0 ? 1 : 0;
