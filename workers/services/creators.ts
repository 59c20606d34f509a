import { CREATOR_IMAGE_LIMITS } from "../contract/creator-limits.ts";
import {
  type Creator,
  type CreatorImageKind,
  type CreatorProfileUpdate,
} from "../contract/creators.ts";
import { catalog, catalogReplica } from "../db/client.ts";
import {
  type CreatorRow,
  deleteProfile,
  findCreator,
  saveImage,
  saveProfile,
} from "../db/creators.ts";
import { listVideos } from "../db/video-list.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { plainJpeg } from "../domain/jpeg.ts";
import { limitOf } from "../domain/maturity.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { videoRss } from "../domain/video-rss.ts";
import { creatorImageFile, creatorImageUrl, putCreatorImage } from "../media/creator-images.ts";
import { deleteObject, deletePrefix } from "../media/objects.ts";
import { accountImageKey, accountImagesPrefix } from "../media/storage-keys.ts";
import { imageUrls } from "../media/urls.ts";

type CreatorEnv = Pick<Env, "CATALOG" | "MEDIA">;

/** Items of an RSS feed. */
const RSS_LENGTH = 30;

/**
 * The public profile of an account as a creator.
 * @throws AppError not_found
 */
export async function authorizedCreator(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<CreatorRow> {
  // Creators must see their own changes at once.
  const isOwn = principal.kind === "user" && principal.userId === id;
  const row = await findCreator(isOwn ? catalog(env) : catalogReplica(env), id);
  const resource = row && { ...row, ownerId: id, visible: row.isPublic };
  authorizeResource(principal, operation, resource, "creator");
  return resource;
}

function presentCreator(row: CreatorRow): Creator {
  const { id, name, about, links, avatar, banner, followers, createdAt } = row;
  return {
    id,
    name,
    about,
    links,
    avatar: creatorImageUrl(id, avatar),
    banner: creatorImageUrl(id, banner),
    followers,
    joinedAt: createdAt.toISOString(),
  };
}

/**
 * A creator as everyone sees them.
 * @throws AppError not_found for an account that has neither a listed video nor a profile
 */
export async function getCreator(
  env: CreatorEnv,
  principal: Principal,
  id: string,
): Promise<Creator> {
  return presentCreator(await authorizedCreator(env, principal, "creators.get", id));
}

/** The newest videos of a creator for feed readers. @throws AppError not_found */
export async function creatorRss(
  env: Pick<Env, "CATALOG" | "PUBLIC_ORIGIN" | "PRODUCT_NAME">,
  principal: Principal,
  id: string,
): Promise<string> {
  const creator = await authorizedCreator(env, principal, "creators.rss", id);
  const filter = { scope: "public", ownerId: id, maturityLimit: limitOf(principal) } as const;
  const rows = await listVideos(catalogReplica(env), filter, "newest", null, RSS_LENGTH);
  const { PUBLIC_ORIGIN: origin } = env;
  return videoRss({
    title: `${creator.name} · ${env.PRODUCT_NAME}`,
    description: creator.about,
    url: `${origin}/creator/${id}`,
    feedUrl: `${origin}/v1/creators/${id}/feed.xml`,
    items: rows.map((row) => {
      const { poster } = imageUrls(row);
      return {
        url: `${origin}/watch/${row.id}`,
        title: row.title,
        description: row.description,
        image: poster === null ? null : new URL(poster, origin).href,
        publishedAt: row.publishedAt ?? row.createdAt,
      };
    }),
  });
}

/** The caller's own profile. @throws AppError invalid_token when the account was deleted */
export async function ownProfile(env: CreatorEnv, principal: Principal): Promise<Creator> {
  const row = await findCreator(catalog(env), signedIn(principal).userId);
  if (!row) throw new AppError("invalid_token", "The account of this token was deleted.");
  return presentCreator(row);
}

export async function updateProfile(
  env: CreatorEnv,
  principal: Principal,
  profile: CreatorProfileUpdate,
): Promise<Creator> {
  await saveProfile(catalog(env), signedIn(principal).userId, profile);
  return ownProfile(env, principal);
}

/**
 * Replaces an image of the caller's profile. What is stored is the picture alone, without metadata.
 * @param file JPEG
 * @throws AppError invalid_request, payload_too_large
 */
export async function replaceImage(
  env: CreatorEnv,
  principal: Principal,
  kind: CreatorImageKind,
  file: ArrayBuffer,
): Promise<Creator> {
  const { width, height, bytes } = CREATOR_IMAGE_LIMITS[kind];
  if (file.byteLength > bytes)
    throw new AppError("payload_too_large", `This image may have at most ${bytes} bytes.`);
  const image = plainJpeg(new Uint8Array(file));
  if (!image) throw new AppError("invalid_request", "The image must be a JPEG file.");
  if (image.width > width || image.height > height)
    throw new AppError("invalid_request", `The image may be ${width} × ${height} pixels at most.`);
  const { userId } = signedIn(principal);
  const name = creatorImageFile(kind, newId());
  // Stored before it is recorded, so that no page shows an image that is not there.
  await putCreatorImage(env, userId, name, image.bytes);
  await setImage(env, userId, kind, name);
  return ownProfile(env, principal);
}

/** Removes an image of the caller's profile, if there is one. */
export async function removeImage(
  env: CreatorEnv,
  principal: Principal,
  kind: CreatorImageKind,
): Promise<void> {
  await setImage(env, signedIn(principal).userId, kind, null);
}

async function setImage(
  env: CreatorEnv,
  userId: string,
  kind: CreatorImageKind,
  file: string | null,
): Promise<void> {
  const db = catalog(env);
  const before = await findCreator(db, userId);
  await saveImage(db, userId, kind, file);
  const old = before?.[kind];
  if (old) await deleteObject(env, accountImageKey(userId, old));
}

/** Deletes the profile of an account with its images. Repeating it is harmless. */
export async function deleteCreator(env: CreatorEnv, userId: string): Promise<void> {
  await deleteProfile(catalog(env), userId);
  await deletePrefix(env, accountImagesPrefix(userId));
}
