import type { VideoSharing } from "../../workers/contract/sharing.ts";
import { isVideoId } from "../video-id.ts";
import { cachedCall, type PagesContext } from "./cached-call.ts";
import { rewriteHead, unindexedPage } from "./rewrite-head.ts";
import { videoHead } from "./share-head.ts";

/**
 * The watch page of one video: the site's HTML file, with the video in its head if it is public. An unlisted video is
 * not described, and a private one answers like one that does not exist; its creator's browser shows it all the same.
 */
export async function watchPage(context: PagesContext<"id">): Promise<Response> {
  const { env, request, params } = context;
  // Without the browser's conditional headers: they are about the file, not about this page.
  const file = env.ASSETS.fetch(new Request(request.url));
  if (!isVideoId(params.id)) return unindexedPage(await file, 404);
  const [page, sharing] = await Promise.all([
    file,
    cachedCall(context, `/v1/videos/${params.id}/sharing`).catch(() => null),
  ]);
  if (sharing?.status === 404) return unindexedPage(page, 404);
  // Without the Worker the page says by itself what is wrong.
  if (!sharing?.ok) return page;
  const { video } = (await sharing.json()) as VideoSharing;
  return video ? rewriteHead(page, videoHead(video)) : unindexedPage(page, 200);
}
