import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { Playback } from "../contract/playback.ts";
import { catalog } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { countView } from "../db/views.ts";
import { newId } from "../domain/id.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";

const viewsOf = async (id: string) => (await findVideo(catalog(env), id))?.views;
const beacon = (body: unknown) => call(anonymous, "POST", "/v1/beacons", body);

async function tokenOf(id: string): Promise<string> {
  return Playback.parse(await (await call(anonymous, "POST", `/v1/videos/${id}/playback`)).json())
    .token;
}

test("a session is one view, however often its player reports", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const [one, two] = [await tokenOf(id), await tokenOf(id)];
  expect((await beacon({ token: one, watched: 1 })).status).toBe(202);
  for (const watched of [6, 20, 60])
    expect((await beacon({ token: one, watched })).status).toBe(202);
  expect((await beacon({ token: two, watched: 2, ended: true })).status).toBe(202);
  await vi.waitFor(async () => expect(await viewsOf(id)).toBe(2), { timeout: 20_000 });
});

test("messages that are delivered twice or at once count once", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const sessionId = newId();
  const db = catalog(env);
  await Promise.all(
    Array.from({ length: 5 }, () => countView(db, { videoId: id, sessionId }, Date.now())),
  );
  await countView(db, { videoId: id, sessionId: newId() }, Date.now());
  expect(await viewsOf(id)).toBe(2);
});

test("without a valid playback token nothing is counted", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const token = await tokenOf(id);
  const altered = `${token.slice(0, -3)}${token.endsWith("AAA") ? "BBB" : "AAA"}`;
  expect((await problemOf(await beacon({ token: altered, watched: 60 }))).code).toBe(
    "invalid_playback_token",
  );
  expect((await problemOf(await beacon({ token, watched: 60, videoId: id }))).code).toBe(
    "invalid_request",
  );
});
