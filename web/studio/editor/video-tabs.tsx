import { TabLinks } from "../../components/tab-links.tsx";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { VIDEO_SECTIONS, type VideoSection } from "../../site-paths.ts";

const TITLES: Record<"" | VideoSection, PlainKey> = {
  "": "details.title",
  thumbnail: "poster.title",
  captions: "captions.title",
  chapters: "chapters.tab",
  edit: "edit.tab",
  access: "access.title",
  processing: "studio.processing",
  analytics: "studio.analytics",
};

export const isVideoSection = (path: string): path is "" | VideoSection =>
  Object.hasOwn(TITLES, path);

/** The address of a tab of a video. */
export function sectionPath(id: string, section: "" | VideoSection): string {
  return section === "" ? `/studio/${id}` : `/studio/${id}/${section}`;
}

/** The tabs of a video, each with its own address. */
export function VideoTabs({ id, current }: { id: string; current: "" | VideoSection }) {
  const tabs = (["", ...VIDEO_SECTIONS] as const).map((section) => ({
    href: sectionPath(id, section),
    text: t(TITLES[section]),
    isCurrent: section === current,
  }));
  return <TabLinks label={t("studio.tabs")} tabs={tabs} />;
}
