import { framedByAllowed } from "../../embed-policy.ts";

interface Service {
  fetch(request: Request): Promise<Response>;
}

/** The embed page of one film, which is static but for who may frame it. */
export const onRequest = async ({
  env,
  request,
  params,
}: {
  env: { API: Service; ASSETS: Service };
  request: Request;
  params: { id: string };
}): Promise<Response> => {
  const about = new URL(`/v1/videos/${params.id}`, request.url);
  const [page, video] = await Promise.all([
    // Without the browser's conditions: what it has may carry the policy of yesterday.
    env.ASSETS.fetch(new Request(request.url)),
    env.API.fetch(new Request(about, { headers: request.headers })),
  ]);
  return framedByAllowed(page, video);
};
