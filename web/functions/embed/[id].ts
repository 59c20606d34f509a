import { restrictFraming } from "../../embed-policy.ts";

interface Service {
  fetch(request: Request): Promise<Response>;
}

interface EmbedContext {
  env: { API: Service; ASSETS: Service };
  request: Request;
  params: { id: string };
}

/** The embed page of one video: static, except for the sites that may frame it. */
export async function onRequest({ env, request, params }: EmbedContext): Promise<Response> {
  const videoUrl = new URL(`/v1/videos/${params.id}`, request.url);
  const [page, video] = await Promise.all([
    // Without the browser's conditional headers: its cached page may carry an outdated policy.
    env.ASSETS.fetch(new Request(request.url)),
    env.API.fetch(new Request(videoUrl, { headers: request.headers })),
  ]);
  return restrictFraming(page, video);
}
