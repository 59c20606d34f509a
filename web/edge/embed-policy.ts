import type { PlaybackRules } from "../../workers/contract/playback.ts";

/**
 * The embed page with a policy that lets only the sites frame it which the video's creator allows. Playback tokens cannot
 * enforce this: inside a frame, our own page requests the segments.
 * @param page as `_headers` serves it: any site may frame it
 * @param video the API's response about the video; if it is an error, the page has nothing to show either
 */
export async function restrictFraming(page: Response, video: Response): Promise<Response> {
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
