import type { AccountExport } from "../contract/accounts.ts";
import { listAccessTokens } from "../db/accounts/access-tokens.ts";
import {
  findAccount,
  sessionsOfAccount,
  signInWays,
  videosOfAccount,
} from "../db/accounts/accounts.ts";
import { listApps, listGrants } from "../db/accounts/apps.ts";
import { catalog } from "../db/client.ts";
import { listSigningKeys } from "../db/signing-keys.ts";
import { libraryOf } from "../db/history.ts";
import { presentAccount, presentApp, presentAppGrant, presentToken } from "./accounts.ts";
import { presentSigningKey } from "./signing-keys.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";

/**
 * All data of an account, for its holder to take away (GDPR article 20).
 * @throws AppError invalid_token when the account has been deleted
 */
export async function exportAccount(env: Env, userId: string): Promise<AccountExport> {
  const db = catalog(env);
  const [account, sessions, ways, keys, videos, tokens, apps, grants, watched] = await Promise.all([
    findAccount(db, userId),
    sessionsOfAccount(db, userId),
    signInWays(db, userId),
    listSigningKeys(db, userId),
    videosOfAccount(db, userId),
    listAccessTokens(db, userId),
    listApps(db, userId),
    listGrants(db, userId),
    libraryOf(env, userId).listProgress(LIMITS.watchedVideosPerAccount),
  ]);
  if (!account) throw new AppError("invalid_token", "The account of this token has been deleted.");
  return {
    exportedAt: new Date().toISOString(),
    account: presentAccount(account),
    sessions: sessions.map(({ createdAt, expiresAt, ipAddress, userAgent }) => ({
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      ipAddress,
      userAgent,
    })),
    videos: videos.map((video) => ({
      id: video.id,
      title: video.title,
      description: video.description,
      category: video.category,
      tags: video.tags,
      visibility: video.visibility,
      state: video.state,
      duration: video.duration,
      sourceBytes: video.sourceBytes,
      createdAt: new Date(video.createdAt).toISOString(),
      publishedAt: video.publishedAt === null ? null : new Date(video.publishedAt).toISOString(),
    })),
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
    watched: watched.map(({ videoId, position, finished, updatedAt }) => ({
      videoId,
      position,
      finished,
      at: new Date(updatedAt).toISOString(),
    })),
  };
}
