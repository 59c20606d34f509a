import type { z } from "zod";
import type { AppCreate, TokenCreate } from "../workers/contract/accounts.ts";
import type { Beacon } from "../workers/contract/beacons.ts";
import type { ChaptersPut } from "../workers/contract/chapters.ts";
import type {
  Creator,
  CreatorImageKind,
  CreatorProfileUpdate,
} from "../workers/contract/creators.ts";
import type { Readiness } from "../workers/contract/health.ts";
import type { LibraryImport, WatchSettingsPatch } from "../workers/contract/library.ts";
import type {
  PlaylistCreate,
  PlaylistItemPut,
  PlaylistPatch,
} from "../workers/contract/playlists.ts";
import type { ProfileCreate, ProfilePatch } from "../workers/contract/profiles.ts";
import type { PushUpdate } from "../workers/contract/push.ts";
import type { ReportCreate } from "../workers/contract/reports.ts";
import type { SearchQuery } from "../workers/contract/search.ts";
import type { SigningKeyCreate } from "../workers/contract/signing-keys.ts";
import type { UploadComplete, UploadCreate } from "../workers/contract/uploads.ts";
import type { VideoListQuery } from "../workers/contract/video-list.ts";
import type { VideoPatch } from "../workers/contract/videos.ts";
import { abortable, body, done, readyz, v1 } from "./api-call.ts";
import { readApiError } from "./api-error.ts";
import { authorizedFetch } from "./http.ts";

/** A POST that is repeated because the network failed after the server had handled it creates nothing twice. */
const idempotent = (key: string = crypto.randomUUID()) => ({ headers: { "idempotency-key": key } });
/** The request continues after the page is left. */
const keepalive = { init: { keepalive: true } };
const withId = (id: string) => ({ param: { id } });

export const getFeed = (signal?: AbortSignal) => body(v1.feed.$get({}, abortable(signal)));
export const getCreator = (id: string, signal?: AbortSignal) =>
  body(v1.creators[":id"].$get(withId(id), abortable(signal)));
export const listFollows = async (signal?: AbortSignal) =>
  (await body(v1.me.follows.$get({}, abortable(signal)))).items;
export const getFollowStatus = (id: string, signal?: AbortSignal) =>
  body(v1.me.follows[":id"].$get(withId(id), abortable(signal)));
export const followCreator = (id: string) => done(v1.me.follows[":id"].$put(withId(id)));
export const unfollowCreator = (id: string) => done(v1.me.follows[":id"].$delete(withId(id)));
/** The newest videos of the creators that the account follows. */
export const listFollowedVideos = (cursor: string | undefined, signal?: AbortSignal) =>
  body(v1.me["followed-videos"].$get({ query: { cursor } }, abortable(signal)));
export const listNotifications = (signal?: AbortSignal) =>
  body(v1.me.notifications.$get({}, abortable(signal)));
/** @param until ISO 8601: videos published until then are no longer new */
export const markNotificationsRead = (until: string) =>
  done(v1.me.notifications.read.$put({ json: { until } }));
/** The weekly mail with new videos. */
export const getDigest = (signal?: AbortSignal) => body(v1.me.digest.$get({}, abortable(signal)));
export const setDigest = (enabled: boolean) => body(v1.me.digest.$put({ json: { enabled } }));
export const getPush = (signal?: AbortSignal) => body(v1.me.push.$get({}, abortable(signal)));
export const setPush = (update: PushUpdate) => body(v1.me.push.$put({ json: update }));
/** @param token from the link in a mail */
export const unsubscribe = (token: string) => done(v1.unsubscribe.$post({ query: { token } }));
export const getProfile = (signal?: AbortSignal) => body(v1.me.profile.$get({}, abortable(signal)));
export const updateProfile = (profile: CreatorProfileUpdate) =>
  body(v1.me.profile.$put({ json: profile }));
/** @param file JPEG within `CREATOR_IMAGE_LIMITS`. The typed client sends only JSON and forms. */
export async function putProfileImage(kind: CreatorImageKind, file: Blob): Promise<Creator> {
  const url = v1.me.profile.images[":kind"].$url({ param: { kind } });
  const headers = { "content-type": "image/jpeg" };
  const response = await authorizedFetch(url, { method: "PUT", headers, body: file });
  if (!response.ok) throw await readApiError(response);
  return (await response.json()) as Creator;
}
export const deleteProfileImage = (kind: CreatorImageKind) =>
  done(v1.me.profile.images[":kind"].$delete({ param: { kind } }));
/** The video that an admin features on the home page. */
export const getEditorsPick = () => body(v1.admin["editors-pick"].$get());
export const setEditorsPick = (videoId: string) =>
  body(v1.admin["editors-pick"].$put({ json: { videoId } }));
export const clearEditorsPick = () => done(v1.admin["editors-pick"].$delete());

/**
 * The health of the parts that the site depends on. A response with status 503 is valid here: it is not a problem
 * document.
 */
export async function getReadiness(signal?: AbortSignal): Promise<Readiness> {
  const response = await readyz.$get({}, abortable(signal));
  const isProblem = response.headers.get("content-type")?.includes("problem") ?? false;
  if (isProblem || (!response.ok && response.status !== 503))
    throw await readApiError(response as unknown as Response);
  return response.json();
}
export const listReports = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.reports.$get({ query: { cursor } }, abortable(signal)));
export const dismissReport = (id: string) => done(v1.admin.reports[":id"].$delete(withId(id)));
/** Makes the video private, and closes all of its reports. */
export const hideReportedVideo = (id: string) =>
  done(v1.admin.reports[":id"].hide.$post(withId(id)));
export const listRunners = (signal?: AbortSignal) =>
  body(v1.admin.runners.$get({}, abortable(signal)));
export const liftQuarantine = (id: string) =>
  done(v1.admin.runners[":id"].quarantine.$delete(withId(id)));
export const listRunnerTokens = async (signal?: AbortSignal) =>
  (await body(v1.admin["runner-tokens"].$get({}, abortable(signal)))).items;
export const createRunnerToken = (name: string) =>
  body(v1.admin["runner-tokens"].$post({ json: { name } }));
export const revokeRunnerToken = (id: string) =>
  done(v1.admin["runner-tokens"][":id"].$delete(withId(id)));
/** Messages that a queue has given up. */
export const listDeadLetters = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin["dead-letters"].$get({ query: { cursor } }, abortable(signal)));
export const resendDeadLetter = (id: number) =>
  done(v1.admin["dead-letters"][":id"].resend.$post(withId(String(id))));
export const dismissDeadLetter = (id: number) =>
  done(v1.admin["dead-letters"][":id"].$delete(withId(String(id))));
/** @param query strings from the address of the search page; the server validates them */
export const search = (query: Record<string, string>, signal?: AbortSignal) =>
  body(
    v1.search.$get(
      { query: query as z.input<typeof SearchQuery> & typeof query },
      abortable(signal),
    ),
  );
export const suggest = (q: string, signal?: AbortSignal) =>
  body(v1.suggest.$get({ query: { q } }, abortable(signal)));

/** Counts towards the popular searches. Best effort: the caller does not wait for it. */
export const sendPick = (q: string, videoId: string): void =>
  void v1.searches.$post({ json: { q, videoId } }, keepalive).catch(() => undefined);

export const listVideos = (query: z.input<typeof VideoListQuery>, signal?: AbortSignal) =>
  body(v1.videos.$get({ query }, abortable(signal)));
export const getVideo = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].$get(withId(id), abortable(signal)));
export const updateVideo = (id: string, patch: VideoPatch) =>
  body(v1.videos[":id"].$patch({ ...withId(id), json: patch }));
export const deleteVideo = (id: string) => done(v1.videos[":id"].$delete(withId(id)));
/** The deleted videos of the account, which can still be restored. */
export const listBin = (cursor?: string, signal?: AbortSignal) =>
  body(v1.bin.$get({ query: { cursor } }, abortable(signal)));
export const restoreVideo = (id: string) => done(v1.videos[":id"].restore.$post(withId(id)));
export const eraseVideo = (id: string) => done(v1.bin[":id"].$delete(withId(id)));
export const emptyBin = () => done(v1.bin.$delete());
/** How many days a deleted video stays in the bin. */
export const getRetentionDays = async (signal?: AbortSignal) =>
  (await body(v1.bin.$get({ query: { limit: "1" } }, abortable(signal)))).retentionDays;
export const retryVideo = (id: string) => done(v1.videos[":id"].retry.$post(withId(id)));
export const listTasks = async (id: string, signal?: AbortSignal) =>
  (await body(v1.videos[":id"].jobs.$get(withId(id), abortable(signal)))).items;
/** @param at seconds into the video */
export const setPoster = (id: string, at: number) =>
  done(v1.videos[":id"].poster.$put({ ...withId(id), json: { at } }));
/** @param file JPEG of at most `MAX_POSTER_BYTES`. The typed client sends only JSON and forms. */
export async function putPosterFile(id: string, file: Blob): Promise<void> {
  const url = v1.videos[":id"].poster.file.$url({ param: { id } });
  const headers = { "content-type": "image/jpeg" };
  const response = await authorizedFetch(url, { method: "PUT", headers, body: file });
  if (!response.ok) throw await readApiError(response);
}
/** The creator's list of chapters, and the automatic ones. */
export const getChapters = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].chapters.$get(withId(id), abortable(signal)));
/** @param own null shows the automatic ones again */
export const putChapters = (id: string, own: ChaptersPut["own"]) =>
  body(v1.videos[":id"].chapters.$put({ ...withId(id), json: { own } }));
/** A video, a playback of it and the viewer's progress. */
export const openWatch = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].watch.$post({ ...withId(id), json: {} }, abortable(signal)));
/** @param renew playback token of a running playback, to continue it */
export const createPlayback = (id: string, signal?: AbortSignal, renew?: string) =>
  body(v1.videos[":id"].playback.$post({ ...withId(id), json: { renew } }, abortable(signal)));
export const listRelated = async (id: string, signal?: AbortSignal) =>
  (
    await body(
      v1.videos[":id"].related.$get({ ...withId(id), query: { limit: "8" } }, abortable(signal)),
    )
  ).items;

/** @param position seconds. The request continues after the page is left. */
export const putProgress = (id: string, position: number) =>
  done(v1.videos[":id"].progress.$put({ ...withId(id), json: { position } }, keepalive));
export const listHistory = (cursor: string | undefined, signal?: AbortSignal) =>
  body(v1.history.$get({ query: { cursor } }, abortable(signal)));
export const clearHistory = () => done(v1.history.$delete());
export const removeFromHistory = (id: string) =>
  done(v1.videos[":id"].progress.$delete(withId(id)));
export const listWatchlist = (cursor: string | undefined, signal?: AbortSignal) =>
  body(v1.watchlist.$get({ query: { cursor } }, abortable(signal)));
export const listLikes = (cursor: string | undefined, signal?: AbortSignal) =>
  body(v1.likes.$get({ query: { cursor } }, abortable(signal)));
export const setInWatchlist = (id: string, isIn: boolean) =>
  done(v1.videos[":id"].watchlist[isIn ? "$put" : "$delete"](withId(id)));
export const setLiked = (id: string, isLiked: boolean) =>
  done(v1.videos[":id"].like[isLiked ? "$put" : "$delete"](withId(id)));
/** Merges what a browser kept without an account into the library. */
export const importLibrary = (kept: LibraryImport) => done(v1.me.library.$post({ json: kept }));
export const getWatchSettings = (signal?: AbortSignal) =>
  body(v1.me["watch-settings"].$get({}, abortable(signal)));
export const changeWatchSettings = (patch: WatchSettingsPatch) =>
  body(v1.me["watch-settings"].$patch({ json: patch }));

const withPin = (pin: string | undefined) => ({ header: { "kinora-pin": pin } });
export const listProfiles = (signal?: AbortSignal) =>
  body(v1.me.profiles.$get({}, abortable(signal)));
export const activateProfile = (id: string, pin?: string) =>
  done(v1.me["active-profile"].$put({ json: { id }, ...withPin(pin) }));
export const addProfile = (profile: ProfileCreate, pin?: string) =>
  body(v1.me.profiles.$post({ json: profile, ...withPin(pin) }));
export const editProfile = (id: string, patch: ProfilePatch, pin?: string) =>
  done(v1.me.profiles[":id"].$patch({ ...withId(id), json: patch, ...withPin(pin) }));
export const removeProfile = (id: string, pin?: string) =>
  done(v1.me.profiles[":id"].$delete({ ...withId(id), ...withPin(pin) }));
export const setPin = (next: string | null, pin?: string) =>
  done(v1.me["profiles-pin"].$put({ json: { pin: next }, ...withPin(pin) }));
export const reportVideo = (id: string, report: ReportCreate) =>
  done(v1.videos[":id"].reports.$post({ ...withId(id), json: report }));

/** The account's own playlists. @param video adds which of them contain it */
export const listPlaylists = (video?: string, signal?: AbortSignal) =>
  body(v1.playlists.$get({ query: { creator: "me", video } }, abortable(signal)));
export const listPlaylistsOf = async (creator: string, signal?: AbortSignal) =>
  (await body(v1.playlists.$get({ query: { creator } }, abortable(signal)))).items;
/** @param at the page starts shortly before this video */
export const getPlaylist = (
  id: string,
  page: { at?: string; cursor?: string },
  signal?: AbortSignal,
) =>
  body(
    v1.playlists[":id"].$get(
      { ...withId(id), query: { limit: "100", ...page } },
      abortable(signal),
    ),
  );
export const createPlaylist = (playlist: z.input<typeof PlaylistCreate>) =>
  body(v1.playlists.$post({ json: playlist }, idempotent()));
export const updatePlaylist = (id: string, patch: PlaylistPatch) =>
  done(v1.playlists[":id"].$patch({ ...withId(id), json: patch }));
export const deletePlaylist = (id: string) => done(v1.playlists[":id"].$delete(withId(id)));
export const putInPlaylist = (id: string, videoId: string, place: PlaylistItemPut = {}) =>
  done(v1.playlists[":id"].videos[":videoId"].$put({ param: { id, videoId }, json: place }));
export const removeFromPlaylist = (id: string, videoId: string) =>
  done(v1.playlists[":id"].videos[":videoId"].$delete({ param: { id, videoId } }));

/** Playback statistics: best effort and without an account. */
export const sendBeacon = (beacon: Beacon): void =>
  void v1.beacons.$post({ json: beacon }, keepalive).catch(() => undefined);
export const createUpload = (upload: UploadCreate, key: string, signal?: AbortSignal) =>
  body(v1.uploads.$post({ json: upload }, { ...idempotent(key), ...abortable(signal) }));
export const listOpenUploads = (signal?: AbortSignal) =>
  body(v1.uploads.$get({}, abortable(signal)));
export const getUpload = (id: string, signal?: AbortSignal) =>
  body(v1.uploads[":id"].$get(withId(id), abortable(signal)));
export const signParts = async (id: string, partNumbers: number[], signal?: AbortSignal) =>
  (
    await body(
      v1.uploads[":id"].parts.$post({ ...withId(id), json: { partNumbers } }, abortable(signal)),
    )
  ).parts;
export const recordPart = (id: string, partNumber: number, etag: string, signal?: AbortSignal) =>
  done(
    v1.uploads[":id"].parts[":partNumber"].$put(
      { param: { id, partNumber: String(partNumber) }, json: { etag } },
      abortable(signal),
    ),
  );
export const completeUpload = (id: string, parts: UploadComplete["parts"], signal?: AbortSignal) =>
  body(v1.uploads[":id"].complete.$post({ ...withId(id), json: { parts } }, abortable(signal)));
export const abortUpload = (id: string) => done(v1.uploads[":id"].$delete(withId(id)));

export const listTokens = async () => (await body(v1.tokens.$get())).items;
export const createToken = (token: TokenCreate) =>
  body(v1.tokens.$post({ json: token }, idempotent()));
export const revokeToken = (id: string) => done(v1.tokens[":id"].$delete(withId(id)));
export const revokeAccess = (what: { tokens: boolean; apps: boolean }) =>
  done(v1.me["revoke-access"].$post({ json: what }));
export const listApps = async () => (await body(v1.apps.$get())).items;
export const createApp = (app: AppCreate) => body(v1.apps.$post({ json: app }, idempotent()));
export const deleteApp = (clientId: string) =>
  done(v1.apps[":clientId"].$delete({ param: { clientId } }));
export const listGrants = async () => (await body(v1.grants.$get())).items;
export const revokeGrant = (clientId: string) =>
  done(v1.grants[":clientId"].$delete({ param: { clientId } }));

export const listSigningKeys = async () => (await body(v1["signing-keys"].$get())).items;
export const createSigningKey = (key: SigningKeyCreate) =>
  body(v1["signing-keys"].$post({ json: key }, idempotent()));
export const revokeSigningKey = (kid: string) =>
  done(v1["signing-keys"][":kid"].$delete({ param: { kid } }));

export const getSignInOptions = () => body(v1["sign-in-options"].$get());
export const exportAccount = () => body(v1.me.export.$get());
