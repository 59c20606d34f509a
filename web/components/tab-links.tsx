import "./tab-links.css";

interface Tab {
  href: string;
  text: string;
  isCurrent: boolean;
}

/** Links between pages that stand side by side. @param label says what they choose */
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
