import "./studio-tabs.css";

const TABS = [
  { path: "/studio", title: "Videos" },
  { path: "/studio/bin", title: "Bin" },
] as const;

/** The two lists of the studio: the account's videos, and those that it has deleted. */
export function StudioTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  return (
    <nav class="studio-tabs" aria-label="My videos">
      <ul>
        {TABS.map(({ path, title }) => (
          <li key={path}>
            <a href={path} aria-current={path === current ? "page" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
