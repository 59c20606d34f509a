/*
 * The only script in the HTML file itself, which the Content-Security-Policy names by its hash. It runs before anything else
 * of the page has arrived, so that neither the wrong theme nor the wrong direction ever flashes, that all code of the page
 * loads at once, and that the page's first request does not wait for that code (docs/decisions/685-first-script.md).
 */
import type { Feed, SearchResult } from "../workers/contract/search.ts";
import { SIGNED_IN_KEY } from "./access-token.ts";
import { browserStorage } from "./browser-storage.ts";
import { CARD_SIZES, HERO_SIZES } from "./poster-sources.ts";
import { preloadPoster } from "./first-picture.ts";
import { sendFirstRequest } from "./first-request.ts";
import { hasMediaSource } from "./player/element/media-support.ts";
import { searchRequest } from "./search-params.ts";
import { ACCENT_KEY } from "./site-keys.ts";
import { isVideoId } from "./video-id.ts";

/** Attributes of the script's element, which the build writes (first-script-plugin.ts): paths of files, by purpose. */
type FileLists = Readonly<Record<string, string | undefined>>;

/** Languages have attributes too: the direction, and then the catalogues of the site and of the player. */
function chooseLanguage(lists: FileLists, wanted: readonly (string | null)[]): string {
  const tags = wanted.map((tag) => (tag ?? "").split("-")[0]?.toLowerCase() ?? "");
  return tags.find((tag) => tag.length === 2 && Object.hasOwn(lists, tag)) ?? "en";
}

function preload(files: readonly string[]): void {
  for (const file of files) {
    const link = document.createElement("link");
    link.crossOrigin = "";
    link.href = file;
    if (file.endsWith(".css")) {
      link.rel = "preload";
      link.as = "style";
    } else link.rel = "modulepreload";
    document.head.append(link);
  }
}

/** Requests the data of a page, and then the largest poster in it. */
function getFirst<Answer>(
  path: string,
  posterOf: (answer: Answer) => string | null | undefined,
  sizes: string,
) {
  sendFirstRequest("GET", path)
    .then((response) => response.clone().json() as Promise<Answer>)
    .then((answer) => preloadPoster(posterOf(answer), sizes))
    .catch(() => undefined);
}

function start(lists: FileLists): void {
  const root = document.documentElement;
  const storage = browserStorage();
  const theme = storage.getItem("kinora.theme");
  if (theme === "light" || theme === "dark") root.dataset["theme"] = theme;
  // The site's settings as of the last visit.
  root.style.cssText = storage.getItem(ACCENT_KEY) ?? "";
  const language = chooseLanguage(lists, [
    storage.getItem("kinora.language"),
    ...navigator.languages,
  ]);
  const [dir = "ltr", siteMessages, playerMessages] = (lists[language] ?? "").split(" ");
  root.lang = language;
  root.dir = dir;

  const [, page = "", id] = location.pathname.split("/");
  const isVideo = page === "watch" && isVideoId(id);
  if (storage.getItem(SIGNED_IN_KEY) === null) {
    if (isVideo) void sendFirstRequest("POST", `/v1/videos/${id}/watch`);
    else if (page === "") getFirst<Feed>("/v1/feed", ({ hero }) => hero?.poster, HERO_SIZES);
    else if (page === "search")
      getFirst<SearchResult>(
        searchRequest(location.search, Date.now()),
        ({ items }) => items[0]?.video.poster,
        CARD_SIZES,
      );
  }
  const files = (name: string) => lists[name]?.split(" ").filter(Boolean) ?? [];
  const isEmbed = page === "embed";
  // The largest file comes first.
  if (isVideo && hasMediaSource()) preload(files("hls"));
  preload(files(isEmbed ? "embed" : "site"));
  if (isVideo) preload(files("video"));
  if (page === "search") preload(files("search"));
  if (siteMessages) preload([siteMessages]);
  if (playerMessages && (isVideo || isEmbed)) preload([playerMessages]);
}

start(document.currentScript?.dataset ?? {});
