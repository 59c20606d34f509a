import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { ROOT } from "../../scripts/dev/settings.ts";
import { freePorts } from "../../scripts/product/dev-stack.ts";
import { createDatabases, startProduct } from "../../scripts/product/product-host.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { RunnerTokenCreated } from "../../workers/contract/runners.ts";
import { Watch } from "../../workers/contract/watch.ts";
import { type ApiSocket, serveApiSocket } from "../support/image/api-socket.ts";
import { builtImage, sharedFolder } from "../support/image/engines.ts";
import { API_PORT, type ImageEngine, type RunningImage } from "../support/image/running-image.ts";
import { searchLog } from "../support/searched-log.ts";

const ACCOUNT = {
  name: "Ada Quay",
  email: "ada@example.com",
  password: "nine quiet harbour lamps",
};
const LOCAL_SECRET = "only-for-the-image-only-for-the-image";
const HAND_BACK = "POST /api/runner/hand-back";
/** Timeout for something that another process does on a busy computer. */
const WAIT = { timeout: 300_000, interval: 250 };

const built = await builtImage();
const reason = typeof built === "string" ? built : null;
if (reason !== null) console.warn(`SKIPPED: the container image: ${reason}`);

describe.skipIf(reason !== null)("the container image", () => {
  const engine = built as ImageEngine;
  const images: RunningImage[] = [];
  let folder: string;
  let state: string;
  let origin: string;
  let product: Awaited<ReturnType<typeof startProduct>> | undefined;
  let api: ApiClient;
  let socket: ApiSocket | undefined;

  beforeAll(async () => {
    folder = await sharedFolder();
    state = await mkdtemp(join(tmpdir(), "kinora-image-state-"));
    await createDatabases(state);
    const [port = 0] = await freePorts(1);
    origin = `http://localhost:${port}`;
    product = await startProduct({
      state,
      port,
      vars: {
        PUBLIC_ORIGIN: origin,
        SIGNUP: "open",
        SIGNUP_ROLE: "creator",
        LOCAL_RUNNER_SECRET: LOCAL_SECRET,
        SECOND_CODEC: "av1",
        // Otherwise the source would be published unchanged and H.264 never be encoded.
        PASSTHROUGH: "false",
      },
    });
    socket = await serveApiSocket(folder, origin, LOCAL_SECRET);
    api = new ApiClient(origin);
    await api.signIn(ACCOUNT);
  });
  afterAll(async () => {
    for (const image of images) await image.kill();
    await engine?.remove();
    for (const image of images) searchLog(image.output());
    await socket?.close();
    await product?.stop();
    for (const path of [folder, state]) if (path) await rm(path, { recursive: true, force: true });
  });

  async function start(
    env: Record<string, string>,
    command?: readonly string[],
  ): Promise<RunningImage> {
    const image = await engine.run({ folder, env, ...(command !== undefined && { command }) });
    images.push(image);
    return image;
  }

  /** Like a Durable Object that starts a container: with an address, a name and no credential. */
  const startContainer = (): Promise<RunningImage> =>
    start({
      SLOTS: "2",
      GRACE_SECONDS: "0",
      RUNNER_API: `http://localhost:${API_PORT}/api/runner`,
      RUNNER_ID: "local-0",
    });

  /** Like an operator who starts a runner elsewhere: with `docker run` and a token. */
  const startRemote = (token: string): Promise<RunningImage> =>
    start({ KINORA_URL: `http://localhost:${API_PORT}`, KINORA_TOKEN: token });

  /** @throws Error with the output of the image if it ends before that */
  function whileRunning<T>(image: RunningImage, work: Promise<T> | undefined): Promise<T> {
    const early = image.ended.then((code) => {
      throw new Error(`The image ended with ${code}:\n${image.output()}`);
    });
    early.catch(() => undefined);
    return Promise.race([work ?? early, early]);
  }

  async function runnerToken(): Promise<string> {
    const environment = { ...process.env, KINORA_STATE: state };
    const command = [join(ROOT, "scripts/admin.ts"), ACCOUNT.email];
    await promisify(execFile)(process.execPath, command, { env: environment });
    await api.signIn(ACCOUNT);
    const created = await api.call("POST", "/v1/admin/runner-tokens", { name: "Another computer" });
    return RunnerTokenCreated.parse(created).token;
  }

  test("runs as an unprivileged user and can reach only the runner API", async () => {
    const script = `
      const { uid } = require("os").userInfo();
      const reach = (url) => fetch(url).then((answer) => answer.status, () => "unreachable");
      Promise.all([reach("http://1.1.1.1/"), reach("${origin}/")]).then((reached) =>
        console.log(JSON.stringify({ isRoot: uid === 0, reached })));`;
    const image = await start({}, ["node", "-e", script]);
    expect(await endOf(image)).toMatchObject({ code: 0 });
    expect(JSON.parse(/^\{.*\}$/m.exec(image.output())?.[0] ?? "null")).toEqual({
      isRoot: false,
      reached: ["unreachable", "unreachable"],
    });
  });

  test("an upload becomes ready, with AV1, although the image is stopped and killed during its work", async () => {
    const source = join(state, "harbour.mp4");
    await generateSource(source, { seconds: 4, width: 320, height: 180 });
    const stopped = await startContainer();
    const health = await vi.waitFor(() => healthOf(folder), WAIT);
    expect(health).toMatchObject({ slots: 2, unfit: null });
    expect(health.encoders).toEqual(expect.arrayContaining(["libx264", "libsvtav1"]));
    let held = socket?.holdNextFile();
    const id = await uploadFile(api, source, { title: "Harbour", visibility: "public" }, () => {});
    await whileRunning(stopped, held);
    await stopped.stop();
    expect(await endOf(stopped)).toMatchObject({ code: 0 });
    expect(socket?.passed).toContain(HAND_BACK);

    // Another runner continues the task.
    const token = await runnerToken();
    held = socket?.holdNextFile();
    const killed = await startRemote(token);
    await whileRunning(killed, held);
    await killed.kill();

    // The same runner starts it again.
    const last = await startRemote(token);
    await whileRunning(last, untilReady(api, id));
    // The second codec is added in another set of playlists after the video is ready.
    const { url, playlist } = await vi.waitFor(async () => {
      const { playback } = Watch.parse(await api.call("POST", `/v1/videos/${id}/watch`, {}));
      const found = new URL(playback?.hls ?? "", origin);
      const multivariant = await (await fetch(found)).text();
      expect(multivariant).toContain("av01");
      return { url: found, playlist: multivariant };
    }, WAIT);
    const media = new URL(/^(?!#)\S*av1\S*$/m.exec(playlist)?.[0] ?? "", url);
    const [, init = ""] = /#EXT-X-MAP:URI="([^"]+)"/.exec(await (await fetch(media)).text()) ?? [];
    const answer = await fetch(new URL(init, media));
    expect(Buffer.from(await answer.arrayBuffer()).includes("av1C")).toBe(true);
    expect(socket?.refused).toEqual([]);

    await last.stop();
    expect(await endOf(last)).toMatchObject({ code: 0 });
  });
});

/** Contains the output, for the report of a failure. */
async function endOf(image: RunningImage): Promise<{ code: number | null; output: string }> {
  const code = await image.ended;
  return { code, output: image.output() };
}

/** The health report of the transcoder in the image. @throws Error while it does not respond */
async function healthOf(folder: string): Promise<{ encoders: string[] }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ encoders: string[] }>();
  const asked = request({ socketPath: join(folder, "health.sock"), path: "/health" });
  asked.on("error", reject).on("response", (answer) => {
    text(answer)
      .then((body) => resolve(JSON.parse(body) as { encoders: string[] }))
      .catch(reject);
  });
  asked.end();
  return promise;
}
