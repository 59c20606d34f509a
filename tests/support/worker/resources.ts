import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { insertAccessToken } from "../../../workers/db/accounts/access-tokens.ts";
import { user } from "../../../workers/db/accounts/auth-schema.ts";
import { insertApp } from "../../../workers/db/accounts/apps.ts";
import { banSource } from "../../../workers/db/banned-sources.ts";
import { catalog, runBatch } from "../../../workers/db/client.ts";
import { rulings } from "../../../workers/db/moderation-schema.ts";
import { askReview } from "../../../workers/db/reviews.ts";
import { insertInvitation } from "../../../workers/db/accounts/invitations.ts";
import { oauthConsent } from "../../../workers/db/accounts/oauth-schema.ts";
import { libraryOf } from "../../../workers/db/history.ts";
import { captions, uploads, type videos } from "../../../workers/db/schema.ts";
import { insertRunnerToken } from "../../../workers/db/runner-tokens.ts";
import { insertReport } from "../../../workers/db/reports.ts";
import { runners } from "../../../workers/db/runner-schema.ts";
import { seeRunner } from "../../../workers/db/runners.ts";
import { tasks } from "../../../workers/db/transcoding-schema.ts";
import { deadLetters } from "../../../workers/db/upkeep-schema.ts";
import { insertSigningKey } from "../../../workers/db/signing-keys.ts";
import { videoVersions } from "../../../workers/db/transcoding-schema.ts";
import { watermarkKey } from "../../../workers/media/storage-keys.ts";
import { insertAccessLink, insertInvitations } from "../../../workers/db/video-access.ts";
import { newId } from "../../../workers/domain/id.ts";
import { hashSecret } from "../../../workers/domain/secret.ts";
import { newPlaylistId } from "../../../workers/domain/playlist-id.ts";
import { beginTranscode } from "./api.ts";
import { insertVideo } from "./media.ts";

const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (sign) => sign.charCodeAt(0));

type VideoChange = Partial<typeof videos.$inferInsert>;

/** The id in the path of a request to an operation on another account's resource. */
export type PathParams = Record<string, string>;

const video = async (ownerId: string, change: VideoChange): Promise<PathParams> => ({
  id: await insertVideo({ ownerId, ...change }),
});

/** An account that is public because of its public video. */
async function creatorWithVideo(ownerId: string): Promise<PathParams> {
  await insertVideo({ ownerId, publishedAt: 1 });
  return { id: ownerId };
}

async function captionsOf(ownerId: string, change: VideoChange): Promise<PathParams> {
  const { id = "" } = await video(ownerId, change);
  const key = `captions/${id}/en.1.vtt`;
  await env.MEDIA.put(key, "WEBVTT\n");
  const row = { videoId: id, language: "en", label: "English", key, cues: 0, revision: 1 };
  await catalog(env)
    .insert(captions)
    .values({ ...row, origin: "uploaded", updatedAt: 0 });
  return { id, language: "en" };
}

/** A video with a version to return to and an image for the next one. */
async function versionsOf(ownerId: string, change: VideoChange): Promise<PathParams> {
  const { id = "" } = await video(ownerId, change);
  const keep = [{ from: 0, to: 1 }];
  await catalog(env)
    .insert(videoVersions)
    .values({
      ...{ videoId: id, version: 2, state: "kept", recipe: { keep } },
      ...{ facts: { publication: 1 }, createdAt: 0 },
    });
  await env.MEDIA.put(watermarkKey(id, "1"), PNG);
  return { id, version: "2", picture: "1" };
}

/** A video with a link and an invited account, visible only to its creator. */
async function accessOf(ownerId: string, change: VideoChange): Promise<PathParams> {
  const { id = "" } = await video(ownerId, change);
  const [linkId, invitationId] = [newId(), newId()];
  const link = { id: linkId, videoId: id, name: "Ada", createdAt: 1, expiresAt: 2 };
  await insertAccessLink(catalog(env), link, 0);
  await insertInvitations(
    catalog(env),
    id,
    [{ id: invitationId, email: `${newId()}@example.com` }],
    1,
  );
  return { id, linkId, invitationId };
}

async function upload(ownerId: string, change: VideoChange): Promise<PathParams> {
  const id = newId();
  await catalog(env)
    .insert(uploads)
    .values({
      id,
      videoId: await insertVideo({ ownerId, ...change }),
      ownerId,
      filename: "harbour.mp4",
      size: 10,
      contentType: "video/mp4",
      partSize: 10,
      partCount: 1,
      key: `sources/${id}`,
      multipartId: "none",
      createdAt: Date.now(),
      expiresAt: Date.now() + 60_000,
    });
  return { id, partNumber: "1" };
}

async function token(userId: string): Promise<PathParams> {
  const id = newId();
  const createdAt = new Date();
  const row = { id, userId, name: "t", hint: "abcd", hash: id, scopes: [], createdAt };
  await insertAccessToken(catalog(env), { ...row, expiresAt: new Date(Date.now() + 60_000) });
  return { id };
}

async function app(userId: string): Promise<PathParams> {
  const clientId = newId();
  await insertApp(catalog(env), {
    id: newId(),
    clientId,
    userId,
    name: "App",
    redirectUris: ["https://example.com/callback"],
    scopes: ["videos:read"],
    ownScopes: [],
    confidential: false,
    actsAsOwner: false,
    secretHash: null,
    createdAt: new Date(),
  });
  return { clientId };
}

async function grant(userId: string): Promise<PathParams> {
  const { clientId = "" } = await app(userId);
  await catalog(env)
    .insert(oauthConsent)
    .values({ id: newId(), clientId, userId, scopes: '["videos:read"]' });
  return { clientId };
}

async function signingKey(ownerId: string): Promise<PathParams> {
  const kid = newId();
  const jwk = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } as const;
  await insertSigningKey(catalog(env), { kid, ownerId, name: "k", algorithm: "EdDSA", jwk });
  return { kid };
}

async function playlist(ownerId: string): Promise<PathParams> {
  const id = newPlaylistId(ownerId);
  const owner = { id: ownerId, name: "Somebody", email: `${ownerId}@example.com` };
  await catalog(env).insert(user).values(owner).onConflictDoNothing();
  const row = { id, kind: "playlist", title: "P", description: "", visibility: "private" } as const;
  await libraryOf(env, ownerId).createPlaylist({ ...row, createdAt: 1, updatedAt: 1 });
  return { id, videoId: await insertVideo({ ownerId, visibility: "public", state: "ready" }) };
}

async function profile(ownerId: string): Promise<PathParams> {
  const id = newId();
  const row = { id, name: "Ada", avatar: "owl", kids: false, maturityLimit: null } as const;
  const library = libraryOf(env, ownerId);
  // An account may have only a few.
  for (const other of await library.listProfiles()) await library.deleteProfile(ownerId, other.id);
  await library.createProfile({ ...row, locked: false, createdAt: 1 });
  return { id };
}

async function account(): Promise<PathParams> {
  const id = newId();
  await catalog(env)
    .insert(user)
    .values({ id, name: "Somebody", email: `${id}@example.com` });
  return { id, sessionId: newId() };
}

async function invitation(): Promise<PathParams> {
  const id = newId();
  const link = { id: newId(), identifier: newId() };
  const times = { createdAt: Date.now(), expiresAt: Date.now() + 60_000 };
  const row = { id, name: "x", email: `${id}@example.com`, role: "viewer", ...times } as const;
  await insertInvitation(catalog(env), { ...row, verification: link });
  return { id };
}

async function report(ownerId: string, change: VideoChange): Promise<PathParams> {
  const [id, videoId] = [newId(), await insertVideo({ ownerId, ...change })];
  const row = { id, videoId, reporter: id, reason: "spam", text: "", createdAt: 1 } as const;
  await insertReport(catalog(env), row);
  return { id };
}

async function ruling(ownerId: string, change: VideoChange): Promise<PathParams> {
  const id = newId();
  await catalog(env)
    .insert(rulings)
    .values({
      ...{ id, videoId: await insertVideo({ ownerId, ...change }), ownerId, moderatorId: newId() },
      ...{ action: "hide", reason: "spam", text: "", visibilityBefore: "public", createdAt: 1 },
    });
  return { id };
}

async function review(ownerId: string, change: VideoChange): Promise<PathParams> {
  const id = await insertVideo({ ownerId, ...change });
  await runBatch(catalog(env), [
    askReview(catalog(env), { videoId: id, ownerId, wanted: "public", askedAt: 1 }),
  ]);
  return { id };
}

async function bannedSource(ownerId: string, change: VideoChange): Promise<PathParams> {
  const sha256 = await hashSecret(newId());
  const videoId = await insertVideo({ ownerId, ...change });
  const row = { sha256, videoId, reason: "spam", createdAt: 1 } as const;
  await runBatch(catalog(env), [banSource(catalog(env), row)]);
  return { sha256 };
}

async function runnerToken(createdBy: string): Promise<PathParams> {
  const id = newId();
  const row = { id, name: "r", hint: "abcd", hash: id, createdBy, createdAt: 0 };
  await insertRunnerToken(catalog(env), row);
  return { id };
}

async function runner(): Promise<PathParams> {
  // Another test of the same isolate adds as many as are allowed.
  await catalog(env).delete(runners);
  const id = `container-${newId()}`;
  const introduction = { id, version: 1, slots: 1, capabilities: { kinds: [], codecs: [] } };
  await seeRunner(catalog(env), { ...introduction, kind: "container" }, Date.now());
  return { id };
}

async function task(ownerId: string): Promise<PathParams> {
  const videoId = await insertVideo({ ownerId, state: "queued" });
  await beginTranscode(videoId, ownerId);
  const [row] = await catalog(env).select().from(tasks).where(eq(tasks.videoId, videoId));
  if (!row) throw new Error("A transcode without a task.");
  return { id: row.id };
}

/** A video that cannot be transcoded again because it has no source. */
const failedVideo = (ownerId: string): Promise<PathParams> =>
  video(ownerId, { state: "failed", errorCode: "damaged_file", errorDetail: "Broken." });

async function deadLetter(): Promise<PathParams> {
  const [letter] = await catalog(env)
    .insert(deadLetters)
    .values({
      queue: "events-dead",
      body: { kind: "index-video", videoId: newId() },
      receivedAt: 0,
    })
    .returning({ id: deadLetters.id });
  return { id: String(letter?.id) };
}

/** Functions that create a resource, by the first word of the operations on it. */
export const RESOURCES: Record<
  string,
  (ownerId: string, change: VideoChange) => Promise<PathParams>
> = {
  videos: video,
  bin: (ownerId, change) => video(ownerId, { ...change, deletedAt: Date.now() }),
  playback: video,
  search: video,
  creators: creatorWithVideo,
  follows: creatorWithVideo,
  progress: video,
  watchlist: video,
  likes: video,
  playlists: playlist,
  profiles: profile,
  reports: report,
  moderation: video,
  rulings: ruling,
  reviews: review,
  "banned-sources": bannedSource,
  accounts: account,
  invitations: invitation,
  captions: captionsOf,
  chapters: video,
  versions: versionsOf,
  access: accessOf,
  files: video,
  uploads: upload,
  tokens: token,
  apps: app,
  grants: grant,
  "signing-keys": signingKey,
  "runner-tokens": runnerToken,
  runners: runner,
  "dead-letters": deadLetter,
  tasks: task,
  "failed-videos": failedVideo,
};
