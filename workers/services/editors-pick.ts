import { noteAct } from "../audit-note.ts";
import type { EditorsPick } from "../contract/search.ts";
import { catalog } from "../db/client.ts";
import { clearEditorsPick, findEditorsPick, setEditorsPick } from "../db/editors-pick.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { isHeroQuality } from "../domain/hero.ts";
import { isListed } from "../domain/videos.ts";

type CatalogEnv = Pick<Env, "CATALOG">;

export async function currentEditorsPick(env: CatalogEnv): Promise<EditorsPick> {
  return { videoId: (await findEditorsPick(catalog(env)))?.id ?? null };
}

/**
 * Puts a video at the top of the home page.
 * @throws AppError conflict for a video that is not public, or would look bad there
 */
export async function chooseEditorsPick(env: CatalogEnv, videoId: string): Promise<EditorsPick> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (!video || !isListed(video))
    throw new AppError("conflict", "Only a public video that can be watched can be featured.");
  if (!isHeroQuality(video))
    throw new AppError(
      "conflict",
      "This video is too small for the top of the home page: it needs a poster, landscape format and at least 720 lines.",
    );
  noteAct({ before: await currentEditorsPick(env), target: { kind: "videos", id: videoId } });
  await setEditorsPick(db, videoId, Date.now());
  return { videoId };
}

export async function dropEditorsPick(env: CatalogEnv): Promise<void> {
  noteAct({ before: await currentEditorsPick(env) });
  await clearEditorsPick(catalog(env));
}
