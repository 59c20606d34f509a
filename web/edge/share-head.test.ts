import { expect, test } from "vitest";
import type { SharedVideo } from "../../workers/contract/sharing.ts";
import { t } from "../i18n/translate.ts";
import { firstPoster, isoDuration, summary, videoHead } from "./share-head.ts";

const HOSTILE = `"'><script>alert(1)</script><!--`;
const video: SharedVideo = {
  title: "Harbour",
  description: "Boats come\nhome.",
  siteName: "Kinora",
  creator: { name: "Nora Vale", url: "https://v.example/creator/n" },
  url: "https://v.example/watch/1",
  embedUrl: "https://v.example/embed/1",
  oembedUrl: "https://v.example/oembed?url=x",
  image: "https://v.example/images/1.jpg",
  width: 1280,
  height: 720,
  duration: 92.4,
  publishedAt: "2026-01-02T03:04:05.000Z",
  updatedAt: "2026-01-02T03:04:05.000Z",
  language: "en",
  tags: ["sea"],
  views: 3,
  clips: [],
};
function dataOf(html: string): Record<string, unknown> {
  const [, json = ""] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as Record<string, unknown>;
}

test("a video is described for search engines, chats and players", () => {
  const { title, description, html } = videoHead(video, t);
  expect([title, description]).toEqual(["Harbour · Kinora", "Boats come home."]);
  for (const tag of [
    `<link rel="canonical" href="https://v.example/watch/1">`,
    `<link rel="alternate" type="application/json+oembed" title="Harbour" href="https://v.example/oembed?url=x">`,
    `<meta property="og:video" content="https://v.example/embed/1">`,
    `<meta property="og:image" content="https://v.example/images/1.jpg">`,
    `<meta name="twitter:card" content="player">`,
    `<meta name="twitter:player:width" content="1280">`,
  ]) {
    expect(html).toContain(tag);
  }
  expect(dataOf(html)).toMatchObject({
    "@type": "VideoObject",
    duration: "PT1M32S",
    uploadDate: video.publishedAt,
    thumbnailUrl: [video.image],
    potentialAction: { target: "https://v.example/watch/1?t={seek_to_second_number}" },
  });
});

test("chapters of a video are described as clips that link to their start", () => {
  const { html } = videoHead({ ...video, clips: [{ title: "Storm", start: 20, end: 60 }] }, t);
  const data = dataOf(html);
  expect(data["hasPart"]).toEqual([
    {
      "@type": "Clip",
      name: "Storm",
      startOffset: 20,
      endOffset: 60,
      url: "https://v.example/watch/1?t=20",
    },
  ]);
  expect(data).not.toHaveProperty("potentialAction");
});

test("a video that other sites may not frame is shared as a large image instead of a player", () => {
  const { html } = videoHead({ ...video, embedUrl: null }, t);
  expect(html).toContain(`content="summary_large_image"`);
  expect(html).not.toMatch(/og:video|twitter:player/);
});

test("text by a creator never becomes markup", () => {
  const { html } = videoHead(
    {
      ...video,
      title: HOSTILE,
      description: HOSTILE,
      creator: { ...video.creator, name: HOSTILE },
      tags: [HOSTILE],
      clips: [{ title: HOSTILE, start: 0, end: 1 }],
    },
    t,
  );
  expect(html.match(/<\/?script/g)).toEqual(["<script", "</script"]);
  expect(html).not.toContain("<!--");
  expect(dataOf(html)["name"]).toBe(HOSTILE);
  // Every attribute is closed by its own quote.
  expect(html.replaceAll(/<(meta|link)( [a-z]+="[^"<>]*")+>/g, "")).toMatch(/^<script.*script>$/s);
});

test("durations and summaries are formatted for metadata", () => {
  expect([0.2, 60, 3723].map(isoDuration)).toEqual(["PT1S", "PT1M0S", "PT1H2M3S"]);
  expect(summary(" a \n b ")).toBe("a b");
  expect(summary("🎬".repeat(5), 3)).toBe("🎬🎬…");
});

test("the page links the poster by the path that the player uses, and works without a poster", () => {
  expect(firstPoster(video)).toContain(`src="/images/1.jpg" alt=""`);
  expect(firstPoster({ image: null })).toBe("");
});

test("on phones the page uses the small poster if the video has one", () => {
  const image = "https://v.example/images/v/1/files/images.1/poster-large.jpg";
  const path = "/images/v/1/files/images.1/poster";
  expect(firstPoster({ image })).toContain(
    `sizes="100vw" srcset="${path}-small.jpg 768w, ${path}-large.jpg 1280w" src="${path}-large.jpg"`,
  );
});
