import "./studio-tabs.css";
import { t } from "../i18n/translate.ts";

const TABS = [
  { path: "/studio", title: "studio.videos" },
  { path: "/studio/bin", title: "studio.bin" },
] as const;

/** The two lists of the studio: the account's videos, and those that it has deleted. */
export function StudioTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  return (
    <nav class="studio-tabs" aria-label={t("header.myVideos")}>
      <ul>
        {TABS.map(({ path, title }) => (
          <li key={path}>
            <a href={path} aria-current={path === current ? "page" : undefined}>
              {t(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
