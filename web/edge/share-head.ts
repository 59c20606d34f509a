import type { SharedPremiere, SharedVideo } from "../../workers/contract/sharing.ts";
import { posterSources } from "../poster-sources.ts";
import type { Translate } from "../i18n/translate.ts";

const MAX_DESCRIPTION_LENGTH = 300;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

/** A text as one line of at most `length` characters, cut between code points. */
export function summary(text: string, length = MAX_DESCRIPTION_LENGTH): string {
  const characters = Array.from(text.replaceAll(/\s+/g, " ").trim());
  if (characters.length <= length) return characters.join("");
  return `${characters
    .slice(0, length - 1)
    .join("")
    .trimEnd()}…`;
}

/** `PT1H2M3S` (ISO 8601). */
export function isoDuration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return `PT${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${whole % 60}S`;
}

type Tag = [attribute: "name" | "property", key: string, value: string | number | null];

/** `<meta>` elements for the tags that have a value. */
export function metaTags(tags: readonly Tag[]): string {
  return tags
    .filter(([, , value]) => value !== null && value !== "")
    .map(([attribute, key, value]) => {
      return `<meta ${attribute}="${key}" content="${escapeHtml(String(value))}">`;
    })
    .join("");
}

export const linkTag = (rel: string, href: string, more = ""): string =>
  `<link rel="${rel}"${more} href="${escapeHtml(href)}">`;

/** The video's poster, shown in the player's position until its code has loaded (styles/base.css). */
export function firstPoster({ image }: Pick<SharedVideo, "image">): string {
  if (image === null) return "";
  // Addressed by its path, as in the player.
  const sources = Object.entries(posterSources(new URL(image).pathname, "100vw"))
    .map(([name, value]) => `${name}="${escapeHtml(String(value))}"`)
    .join(" ");
  return `<img id="first-poster" ${sources} alt="" width="1280" height="720" fetchpriority="high">`;
}

/** JSON inside a `<script>`: no `<`, so that no text can end the element. */
function jsonLd(data: object): string {
  const json = JSON.stringify(data).replaceAll("<", String.raw`\u003c`);
  return `<script type="application/ld+json">${json}</script>`;
}

/** https://schema.org/VideoObject with the properties that search engines read. */
function videoObject(video: SharedVideo): object {
  const { url, image, duration, clips, creator } = video;
  return {
    "@context": "https://schema.org",
    "@type": "VideoObject",
    name: video.title,
    description: video.description.trim() || video.title,
    url,
    thumbnailUrl: image ? [image] : undefined,
    uploadDate: video.publishedAt,
    dateModified: video.updatedAt,
    duration: duration === null ? undefined : isoDuration(duration),
    embedUrl: video.embedUrl ?? url,
    width: video.width,
    height: video.height,
    inLanguage: video.language ?? undefined,
    keywords: video.tags.length > 0 ? video.tags.join(", ") : undefined,
    author: { "@type": "Person", name: creator.name || video.siteName, url: creator.url },
    publisher: { "@type": "Organization", name: video.siteName },
    interactionStatistic: {
      "@type": "InteractionCounter",
      interactionType: { "@type": "WatchAction" },
      userInteractionCount: video.views,
    },
    hasPart:
      clips.length === 0
        ? undefined
        : clips.map(({ title, start, end }) => ({
            "@type": "Clip",
            name: title,
            startOffset: start,
            endOffset: end,
            url: `${url}?t=${start}`,
          })),
    // Without chapters, a search engine may find key moments itself, since it can link to any second.
    potentialAction:
      clips.length > 0
        ? undefined
        : {
            "@type": "SeekToAction",
            target: `${url}?t={seek_to_second_number}`,
            "startOffset-input": "required name=seek_to_second_number",
          },
  };
}

/** The metadata in the head of a public video's watch page, for sites that show a link to it. */
export function videoHead(
  video: SharedVideo,
  translate: Translate,
): {
  title: string;
  description: string;
  html: string;
} {
  const { title, siteName, url, image, embedUrl, width, height } = video;
  const description =
    summary(video.description) || translate("head.video", { title, site: siteName });
  const tags: Tag[] = [
    ["name", "author", video.creator.name],
    ["property", "og:site_name", siteName],
    ["property", "og:type", "video.other"],
    ["property", "og:title", title],
    ["property", "og:description", description],
    ["property", "og:url", url],
    ["property", "og:image", image],
    ["property", "og:image:alt", image && title],
    ["property", "og:video", embedUrl],
    ["property", "og:video:secure_url", embedUrl?.startsWith("https:") ? embedUrl : null],
    ["property", "og:video:type", embedUrl && "text/html"],
    ["property", "og:video:width", embedUrl && width],
    ["property", "og:video:height", embedUrl && height],
    ["property", "video:duration", video.duration === null ? null : Math.round(video.duration)],
    ["property", "video:release_date", video.publishedAt],
    ...video.tags.map((tag): Tag => ["property", "video:tag", tag]),
    ["name", "twitter:card", embedUrl ? "player" : "summary_large_image"],
    ["name", "twitter:title", title],
    ["name", "twitter:description", description],
    ["name", "twitter:image", image],
    ["name", "twitter:image:alt", image && title],
    ["name", "twitter:player", embedUrl],
    ["name", "twitter:player:width", embedUrl && width],
    ["name", "twitter:player:height", embedUrl && height],
  ];
  const oembed = ` type="application/json+oembed" title="${escapeHtml(title)}"`;
  return {
    title: `${title} · ${siteName}`,
    description,
    html: [
      linkTag("canonical", url),
      linkTag("alternate", video.oembedUrl, oembed),
      metaTags(tags),
      jsonLd(videoObject(video)),
    ].join(""),
  };
}

/**
 * The metadata in the head of a scheduled video's page before its premiere.
 * @param language of the formatted time, which is in UTC
 */
export function premiereHead(
  { title, description, siteName, url, image, startsAt }: SharedPremiere,
  translate: Translate,
  language: string,
): { title: string; description: string; html: string } {
  const format = { dateStyle: "medium", timeStyle: "long", timeZone: "UTC" } as const;
  const time = startsAt && new Intl.DateTimeFormat(language, format).format(new Date(startsAt));
  const when = time ? translate("head.premiere", { time }) : translate("head.premiereSoon");
  const text = summary(`${when} ${description}`);
  return {
    title: `${title} · ${siteName}`,
    description: text,
    html: [
      linkTag("canonical", url),
      metaTags([
        ["property", "og:site_name", siteName],
        ["property", "og:type", "video.other"],
        ["property", "og:title", title],
        ["property", "og:description", text],
        ["property", "og:url", url],
        ["property", "og:image", image],
        ["property", "og:image:alt", image && title],
        ["name", "twitter:card", "summary_large_image"],
        ["name", "twitter:title", title],
        ["name", "twitter:description", text],
        ["name", "twitter:image", image],
      ]),
    ].join(""),
  };
}
