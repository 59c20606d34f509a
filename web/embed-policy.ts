import type { PlaybackRules } from "../workers/contract/playback.ts";

/**
 * The embed page with a policy that lets only those sites frame it which the film's owner allows. The grants of a film
 * cannot see to that: in a frame it is our own page that asks for segments.
 * @param page as `_headers` has it: any site may frame it
 * @param video the API's answer about the film; where it tells nothing, the page has nothing to show either
 */
export async function framedByAllowed(page: Response, video: Response): Promise<Response> {
  if (!video.ok) return page;
  const { playbackRules } = (await video.json()) as { playbackRules: PlaybackRules };
  if (!playbackRules.origins) return page;
  const sources = ["'self'", ...playbackRules.origins].join(" ");
  const policy = page.headers.get("content-security-policy") ?? "frame-ancestors *";
  const restricted = new Response(page.body, page);
  restricted.headers.set(
    "content-security-policy",
    policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${sources}`),
  );
  return restricted;
}
