/** Lines of wrangler that are not about the product, and successful requests. */
const NOISE = [
  /^\s*$/,
  /^\[wrangler:info\] \w+ \S+ [123]\d\d /,
  /^\[wrangler:info\] QUEUE \S+ (\d+)\/\1 /,
  /^\[wrangler:info\] Ready on/,
  /^⎔ /,
  /^\[custom build\] (Running:.*)?$/,
  /^(Your Worker|[\w-]+) has access to the following bindings/,
  /^Binding\s+Resource/,
  /^env\.\w+ \(/,
  /^The following containers are available/,
  /^- kinora-/,
  /^Service bindings, Durable Object bindings/,
  /Processing wrangler\.toml configuration/,
  /"local_dev\.experimental_s3_credentials" fields are experimental/,
  /Scheduled Workers are not automatically triggered/,
  /^\s+To manually trigger a scheduled event/,
  /^\s+curl "http.*\/cdn-cgi\/local\/scheduled"/,
  /^\s+For more details, see /,
  /Logs were written to/,
  /Compiled Worker successfully/,
  // A transcoder asks for work before the Worker listens. If the Worker ends, `npm run dev` reports it itself.
  /"event":"claim\.failed","error":"TypeError: fetch failed"/,
  // `npm run dev` polls until the site is connected to the Worker.
  /GET \/v1\/categories 503 /,
  /Parsed \d+ valid header rules/,
  /Using secrets defined in/,
];

export const isNoise = (line: string): boolean => NOISE.some((pattern) => pattern.test(line));
