import type { PagesContext } from "../../edge/cached-call.ts";
import { unindexedPage } from "../../edge/rewrite-head.ts";
import { isVideoId } from "../../video-id.ts";
import { restrictFraming } from "../../edge/embed-policy.ts";

/** The embed page of one video: static, except for the sites that may frame it. */
export async function onRequest({ env, request, params }: PagesContext<"id">): Promise<Response> {
  if (!isVideoId(params.id))
    return unindexedPage(await env.ASSETS.fetch(new Request(request.url)), 404);
  const originsUrl = new URL(`/internal/embed-origins/${params.id}`, request.url);
  const [page, allowed] = await Promise.all([
    // Without the browser's conditional headers: its cached page may carry an outdated policy.
    env.ASSETS.fetch(new Request(request.url)),
    env.API.fetch(new Request(originsUrl)),
  ]);
  return restrictFraming(page, allowed);
}
