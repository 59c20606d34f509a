import "./settings.css";
import { useLocation, useRoute } from "preact-iso";
import { EmptyState } from "../components/states.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { canCreate, user } from "../session.ts";
import { AccountSection } from "./account-section.tsx";
import { AppsSection } from "./apps-section.tsx";
import { SecuritySection } from "./security-section.tsx";
import { TokensSection } from "./tokens-section.tsx";

const SECTIONS = [
  { path: "", title: "Account", component: AccountSection, creators: false },
  { path: "security", title: "Security", component: SecuritySection, creators: false },
  { path: "apps", title: "Apps", component: AppsSection, creators: false },
  { path: "tokens", title: "Access tokens", component: TokensSection, creators: true },
];

/** The account's settings, one section an address. */
export function Settings() {
  const { params } = useRoute();
  const { url } = useLocation();
  const wanted = params["section"] ?? "";
  const section = SECTIONS.find((candidate) => candidate.path === wanted);
  usePageTitle(section?.title ?? "Settings");
  if (user.value === undefined) return <div class="page" aria-busy="true" />;
  if (user.value === null) {
    return (
      <div class="page">
        <EmptyState
          title="Sign in first"
          action={
            <a class="button button-signal" href={`/sign-in?next=${encodeURIComponent(url)}`}>
              Sign in
            </a>
          }
        >
          Settings belong to an account.
        </EmptyState>
      </div>
    );
  }
  const Section = section?.component ?? AccountSection;
  return (
    <div class="page">
      <header class="page-head">
        <h1>Settings</h1>
      </header>
      <div class="settings">
        <nav class="settings-nav" aria-label="Settings">
          <ul>
            {SECTIONS.filter((item) => !item.creators || canCreate.value).map((item) => (
              <li key={item.path}>
                <a
                  href={`/settings/${item.path}`}
                  aria-current={item === section ? "page" : undefined}
                >
                  {item.title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="settings-body">
          <Section user={user.value} />
        </div>
      </div>
    </div>
  );
}
