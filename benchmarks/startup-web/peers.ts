import { cp, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const fileOf = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
const HLS = fileOf("hls.js/dist/hls.min.js");
const VIDSTACK = join(dirname(fileOf("vidstack/package.json")), "cdn/with-layouts");
const VIDSTACK_STYLES = join(dirname(fileOf("vidstack/package.json")), "player/styles/default");

/** Vidstack's build imports its icons from a CDN, which the policy blocks: the same ones are served from npm. */
const ICONS = dirname(fileOf("media-icons"));
const ICONS_ON_CDN = /https:\/\/cdn\.jsdelivr\.net\/npm\/media-icons@[^"]+/;

export type PeerName = "bare" | "vidstack";

/** The minimum that plays HLS: a video element and hls.js with its defaults. */
const BARE = {
  head: `<script src="/assets/bench/hls.js" defer></script><script src="/assets/bench/bare.js" defer></script>`,
  body: `<video controls autoplay playsinline width="1280" height="720"></video>`,
  script: `const hls = new Hls();
hls.attachMedia(document.querySelector("video"));
hls.loadSource(new URLSearchParams(location.search).get("hls"));`,
};

/**
 * Vidstack's CDN build with its default layout, installed as its documentation describes, with the same hls.js served
 * from here.
 */
const VIDSTACK_PAGE = {
  head: `<link rel="stylesheet" href="/assets/bench/styles/theme.css" />
<link rel="stylesheet" href="/assets/bench/styles/layouts/video.css" />
<script type="module" src="/assets/bench/vidstack/vidstack.js"></script>
<script type="module" src="/assets/bench/vidstack.js"></script>`,
  body: `<media-player autoplay playsinline load="eager" title="Benchmark" style="width:1280px">
<media-provider></media-provider><media-video-layout></media-video-layout></media-player>`,
  script: `const player = document.querySelector("media-player");
player.addEventListener("provider-change", ({ detail }) => {
  if (detail?.type === "hls") detail.library = "/assets/bench/hls.js";
});
player.src = { src: new URLSearchParams(location.search).get("hls"), type: "application/x-mpegurl" };`,
};

const html = ({ head, body }: { head: string; body: string }) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>Benchmark</title>\n${head}</head><body>${body}</body></html>`;

/**
 * Puts the peers' pages beside the product's, so that the same server sends them with the same headers: their scripts
 * are cached for a year too, and the site's Content-Security-Policy applies.
 * @param site folder of the built site
 */
export async function writePeerPages(site: string): Promise<void> {
  const assets = join(site, "assets/bench");
  await cp(HLS, join(assets, "hls.js"));
  await cp(VIDSTACK, join(assets, "vidstack"), { recursive: true });
  await cp(ICONS, join(assets, "media-icons"), { recursive: true });
  const vidstack = join(assets, "vidstack/vidstack.js");
  const code = await readFile(vidstack, "utf8");
  if (!ICONS_ON_CDN.test(code)) throw new Error("Vidstack imports its icons from elsewhere.");
  await writeFile(vidstack, code.replace(ICONS_ON_CDN, "/assets/bench/media-icons/cdn.js"));
  await cp(VIDSTACK_STYLES, join(assets, "styles"), { recursive: true });
  await writeFile(join(assets, "bare.js"), BARE.script);
  await writeFile(join(assets, "vidstack.js"), VIDSTACK_PAGE.script);
  // Follows the address in its own query string, because the policy allows no inline script.
  await writeFile(
    join(assets, "link.js"),
    `document.querySelector("a").href = new URLSearchParams(location.search).get("to");`,
  );
  await writeFile(join(site, "bench-bare.html"), html(BARE));
  await writeFile(join(site, "bench-vidstack.html"), html(VIDSTACK_PAGE));
  await writeFile(
    join(site, "bench-home.html"),
    html({
      head: `<script src="/assets/bench/link.js" defer></script>`,
      body: `<p><a>Play the video</a></p>`,
    }),
  );
}

/** Path of a peer's page that plays a stream. @param hls URL of the multivariant playlist */
export const peerPage = (peer: PeerName, hls: string) =>
  `/bench-${peer}?hls=${encodeURIComponent(hls)}`;

/** Path of a page that only links to another. */
export const linkPage = (path: string) => `/bench-home?to=${encodeURIComponent(path)}`;
