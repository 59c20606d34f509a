import type { VideoSharing } from "../../workers/contract/sharing.ts";
import { isVideoId } from "../video-id.ts";
import { cachedCall, type PagesContext } from "./cached-call.ts";
import { headTexts, pageLanguage } from "./page-language.ts";
import { rewriteHead, unindexedPage } from "./rewrite-head.ts";
import { firstPoster, premiereHead, videoHead } from "./share-head.ts";

/**
 * The watch page of one video: the site's HTML file, with the video in its head if it is public. An unlisted video has
 * no description, and a private one is answered like one that does not exist, although its creator's browser shows it.
 * A premiere is described for recipients of its link, but not for search engines.
 */
export async function watchPage(context: PagesContext<"id">): Promise<Response> {
  const { env, request, params } = context;
  // Without the browser's conditional headers: they are about the file, not about this page.
  const file = env.ASSETS.fetch(new Request(request.url));
  if (!isVideoId(params.id)) return unindexedPage(await file, 404);
  // A link to a private video: search engines must not index the page.
  if (new URL(request.url).searchParams.has("key")) return unindexedPage(await file, 200);
  const [page, sharing] = await Promise.all([
    file,
    cachedCall(context, `/v1/videos/${params.id}/sharing`).catch(() => null),
  ]);
  if (sharing?.status === 404) return unindexedPage(page, 404);
  // Without the Worker, the page itself shows what is wrong.
  if (!sharing?.ok) return page;
  const { video, premiere } = (await sharing.json()) as VideoSharing;
  const language = pageLanguage(request);
  if (!video) {
    const unindexed = unindexedPage(page, 200);
    if (!premiere) return unindexed;
    return rewriteHead(unindexed, language, premiereHead(premiere, headTexts(language), language));
  }
  const head = videoHead(video, headTexts(language));
  return rewriteHead(page, language, { ...head, body: firstPoster(video) });
}
