/**
 * The embed page with a policy that allows only the sites to frame it that the video's creator allows. Playback tokens
 * cannot enforce this, because inside a frame our own page requests the segments.
 * @param page as `_headers` serves it: any site may frame it
 * @param allowed the Worker's response about the video: the origins, or null for any; if it is an error, the page has
 * nothing to show either
 */
export async function restrictFraming(page: Response, allowed: Response): Promise<Response> {
  if (!allowed.ok) return page;
  const { origins } = (await allowed.json()) as { origins: string[] | null };
  if (!origins) return page;
  const sources = ["'self'", ...origins].join(" ");
  const policy = page.headers.get("content-security-policy") ?? "frame-ancestors *";
  const restricted = new Response(page.body, page);
  restricted.headers.set(
    "content-security-policy",
    policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${sources}`),
  );
  return restricted;
}
