import type { SiteInfo } from "../../workers/contract/site-settings.ts";
import { cachedCall } from "./cached-call.ts";
import { type Language, LANGUAGES } from "../i18n/languages.ts";

interface HeadElement {
  setInnerContent(text: string): void;
  setAttribute(name: string, value: string): void;
  append(html: string, options: { html: true }): void;
}
/** https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/ */
declare class HTMLRewriter {
  on(selector: string, handlers: { element(element: HeadElement): void }): this;
  transform(response: Response): Response;
}

/** Used if the Worker does not send the site's name. */
const SITE_NAME = "Kinora";

type Site = Pick<SiteInfo, "name" | "categories">;

/** The name and the categories of the site, from its settings. */
export async function siteOf(context: Parameters<typeof cachedCall>[0]): Promise<Site> {
  const response = await cachedCall(context, "/v1/site").catch(() => null);
  return response?.ok
    ? ((await response.json()) as SiteInfo)
    : { name: SITE_NAME, categories: null };
}

export const siteNameOf = async (context: Parameters<typeof cachedCall>[0]): Promise<string> =>
  (await siteOf(context)).name;

export interface Head {
  title: string;
  /** null keeps the site's own. */
  description: string | null;
  /** More elements for the end of the head, escaped. */
  html: string;
  /** More elements for the end of the body, escaped. */
  body?: string;
}

/** The site's HTML file with the head of one page, in a language that the request has chosen. */
export function rewriteHead(
  page: Response,
  language: Language,
  { title, description, html, body = "" }: Head,
): Response {
  const rewritten = new HTMLRewriter()
    .on("html", {
      element: (element) => {
        element.setAttribute("lang", language);
        element.setAttribute("dir", LANGUAGES[language].dir);
      },
    })
    .on("title", { element: (element) => element.setInnerContent(title) })
    .on('meta[name="description"]', {
      element: (element) => {
        if (description !== null) element.setAttribute("content", description);
      },
    })
    .on("head", { element: (element) => element.append(html, { html: true }) })
    .on("body", { element: (element) => element.append(body, { html: true }) })
    .transform(page);
  const copy = withoutValidator(rewritten);
  copy.headers.append("vary", "accept-language, cookie");
  return copy;
}

/** The file's ETag does not identify the rewritten page. */
function withoutValidator(response: Response): Response {
  const copy = new Response(response.body, response);
  copy.headers.delete("etag");
  return copy;
}

/** The site's HTML file for an address that search engines must drop. @param status 404 if there is nothing */
export function unindexedPage(page: Response, status: 200 | 404): Response {
  const copy = new Response(page.body, { status, headers: page.headers });
  copy.headers.delete("etag");
  copy.headers.set("x-robots-tag", "noindex");
  if (status === 404) copy.headers.set("cache-control", "no-store");
  return copy;
}
