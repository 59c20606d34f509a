import "./tab-links.css";
import { type PlainKey, t } from "../i18n/translate.ts";

interface Tab {
  href: string;
  text: string;
  isCurrent: boolean;
}

/** Links between related pages. @param label describes the choice */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tab-links" aria-label={label}>
      <ul>
        {tabs.map(({ href, text, isCurrent }) => (
          <li key={href}>
            <a href={href} aria-current={isCurrent ? "page" : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface PageTabsProps<Path extends string> {
  label: string;
  tabs: readonly { path: Path; title: PlainKey }[];
  current: Path;
}

/** Links between pages with fixed addresses. */
export function PageTabs<Path extends string>({ label, tabs, current }: PageTabsProps<Path>) {
  const links = tabs.map(({ path, title }) => ({
    href: path,
    text: t(title),
    isCurrent: path === current,
  }));
  return <TabLinks label={label} tabs={links} />;
}
