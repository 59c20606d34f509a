import { TabLinks } from "../components/tab-links.tsx";
import { t } from "../i18n/translate.ts";

const TABS = [
  { path: "/studio", title: "studio.videos" },
  { path: "/studio/bin", title: "studio.bin" },
  { path: "/studio/moderation", title: "moderation.title" },
] as const;

/** The lists of the studio: the account's videos, those that it has deleted, and what moderators have decided. */
export function StudioTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  const tabs = TABS.map(({ path, title }) => ({
    href: path,
    text: t(title),
    isCurrent: path === current,
  }));
  return <TabLinks label={t("header.myVideos")} tabs={tabs} />;
}
