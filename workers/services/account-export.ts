import type { AccountExport } from "../contract/accounts.ts";
import type { LibraryExport } from "../db/account-library.ts";
import { listAccessTokens } from "../db/accounts/access-tokens.ts";
import {
  findAccount,
  sessionsOfAccount,
  signInWays,
  videosOfAccount,
} from "../db/accounts/accounts.ts";
import { listApps, listGrants } from "../db/accounts/apps.ts";
import { captionsOfAccount } from "../db/captions.ts";
import { catalog } from "../db/client.ts";
import { findCreator } from "../db/creators.ts";
import { hasDigest } from "../db/digests.ts";
import { listSigningKeys } from "../db/signing-keys.ts";
import { libraryOf } from "../db/history.ts";
import type { SavedEntry } from "../db/library/saved-list.ts";
import { creatorImageUrl } from "../media/creator-images.ts";
import { presentAccount, presentApp, presentAppGrant, presentToken } from "./accounts.ts";
import { presentSigningKey } from "./signing-keys.ts";
import { hasSource, sourceLink } from "./video-files.ts";
import { AppError } from "../domain/errors.ts";

/**
 * All data of an account, for its holder to take away (GDPR article 20).
 * @throws AppError invalid_token when the account has been deleted
 */
export async function exportAccount(env: Env, userId: string): Promise<AccountExport> {
  const db = catalog(env);
  const [
    account,
    sessions,
    ways,
    keys,
    videos,
    tokens,
    apps,
    grants,
    library,
    creator,
    following,
    digest,
    browsers,
    tracks,
  ] = await Promise.all([
    findAccount(db, userId),
    sessionsOfAccount(db, userId),
    signInWays(db, userId),
    listSigningKeys(db, userId),
    videosOfAccount(db, userId),
    listAccessTokens(db, userId),
    listApps(db, userId),
    listGrants(db, userId),
    libraryOf(env, userId).exportAll(),
    findCreator(db, userId),
    libraryOf(env, userId).followState(),
    hasDigest(db, userId),
    libraryOf(env, userId).listPush(),
    captionsOfAccount(db, userId),
  ]);
  if (!account) throw new AppError("invalid_token", "The account of this token has been deleted.");
  const captions = Map.groupBy(tracks, ({ videoId }) => videoId);
  return {
    exportedAt: new Date().toISOString(),
    account: presentAccount(account),
    sessions: sessions.map(({ createdAt, expiresAt, ipAddress, userAgent }) => ({
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      ipAddress,
      userAgent,
    })),
    profile: creator && {
      about: creator.about,
      links: creator.links,
      avatar: creatorImageUrl(userId, creator.avatar),
      banner: creatorImageUrl(userId, creator.banner),
    },
    videos: await Promise.all(
      videos.map(async (video) => ({
        id: video.id,
        title: video.title,
        description: video.description,
        category: video.category,
        tags: video.tags,
        people: video.people,
        language: video.language,
        visibility: video.visibility,
        state: video.state,
        maturityRating: video.maturityRating,
        duration: video.duration,
        seriesId: video.seriesId,
        chapters: video.ownChapters,
        captions: (captions.get(video.id) ?? []).map(({ language, label }) => ({
          language,
          label,
        })),
        sourceBytes: video.sourceBytes,
        sourceUrl: hasSource(video) ? await sourceLink(env, video.id) : null,
        createdAt: new Date(video.createdAt).toISOString(),
        publishedAt: video.publishedAt === null ? null : new Date(video.publishedAt).toISOString(),
      })),
    ),
    passkeys: ways.passkeys.map(({ name, createdAt }) => ({
      name,
      createdAt: createdAt?.toISOString() ?? null,
    })),
    signIns: ways.providers.map(({ provider, createdAt }) => ({
      provider,
      createdAt: createdAt.toISOString(),
    })),
    signingKeys: keys.map(presentSigningKey),
    tokens: tokens.map(presentToken),
    apps: apps.map(presentApp),
    grants: grants.map(presentAppGrant),
    weeklyMail: digest,
    pushSubscriptions: browsers.map(({ endpoint, createdAt }) => ({
      endpoint,
      at: new Date(createdAt).toISOString(),
    })),
    follows: following.follows.map(({ creatorId, since }) => ({
      creatorId,
      since: new Date(since).toISOString(),
    })),
    ...presentLibrary(library, account.createdAt),
  };
}

/** @param openedAt when the account, and so its holder's profile, was created */
function presentLibrary(
  library: LibraryExport,
  openedAt: Date,
): Pick<AccountExport, "profiles" | "playlists"> {
  const iso = (time: number): string => new Date(time).toISOString();
  const saved = ({ videoId, addedAt }: SavedEntry) => ({ videoId, at: iso(addedAt) });
  return {
    profiles: library.profiles.map((profile) => ({
      ...profile,
      createdAt: iso(profile.createdAt || openedAt.getTime()),
      watched: profile.watched.map(({ updatedAt, ...entry }) => ({ ...entry, at: iso(updatedAt) })),
      watchlist: profile.watchlist.map(saved),
      likes: profile.likes.map(saved),
    })),
    playlists: library.playlists.map(
      ({ id, kind, title, description, visibility, createdAt, updatedAt, videos }) => ({
        ...{ id, kind, title, description, visibility, videos },
        createdAt: iso(createdAt),
        updatedAt: iso(updatedAt),
      }),
    ),
  };
}
