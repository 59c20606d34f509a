import { type ComponentType, render } from "preact";
import { ErrorBoundary, LocationProvider, Route, Router, useLocation, useRoute } from "preact-iso";
import { CrashBoundary } from "./components/crash-boundary.tsx";
import { LanguageSwitch } from "./components/language-switch.tsx";
import { Header } from "./components/header.tsx";
import { useOwnHead } from "./components/page-title.ts";
import { Home } from "./pages/home.tsx";
import { OfflineNotice } from "./components/offline-notice.tsx";
import { NotFound } from "./components/not-found.tsx";
import { SaveDialogHost } from "./save-dialog-host.tsx";
import { prepareForOffline } from "./offline.ts";
import { renderInTasks } from "./render-in-tasks.ts";
import { preloadPlayerOnHover } from "./player/stage/early-start.ts";
import { useStage } from "./player/stage/use-stage.ts";
import { keepScrollPlaces } from "./scroll-memory.ts";
import { followProfile } from "./shown-profile.ts";
import { account, isUndecided, refreshSession } from "./session.ts";
import { siteName } from "./site-name.ts";
import { isVideoId } from "./video-id.ts";
import { t } from "./i18n/translate.ts";
import { loadMessages, withMessages } from "./i18n/load-messages.ts";
import { lazyComponent } from "./lazy-component.ts";

/** A page about one video. An invalid id is an unknown address: no request is sent. */
function pageOfVideo(Page: ComponentType): ComponentType {
  return function PageOfVideo() {
    return isVideoId(useRoute().params["id"]) ? <Page /> : <NotFound />;
  };
}

const Search = lazyComponent(() => import("./pages/search.tsx").then((module) => module.Search));
const Category = lazyComponent(() =>
  withMessages("browse", import("./pages/category.tsx")).then((module) => module.Category),
);
const Tag = lazyComponent(() =>
  withMessages("browse", import("./pages/tag.tsx")).then((module) => module.Tag),
);
const Creator = lazyComponent(() =>
  Promise.all([
    withMessages("browse", import("./pages/creator.tsx")),
    loadMessages("library"),
  ]).then(([module]) => module.Creator),
);
const Following = lazyComponent(() =>
  withMessages("browse", import("./pages/following.tsx")).then((module) => module.Following),
);
const loadWatch = () => withMessages("watch", import("./pages/watch.tsx"));
const Watch = lazyComponent(() => loadWatch().then((module) => module.Watch));
/** The video itself is on stage, outside the router, so that it survives it. */
const WatchAddress = pageOfVideo(() => null);
const SignIn = lazyComponent(() =>
  withMessages("account", import("./pages/sign-in.tsx")).then((module) => module.SignIn),
);
const SignUp = lazyComponent(() =>
  withMessages("account", import("./pages/sign-up.tsx")).then((module) => module.SignUp),
);
const Welcome = lazyComponent(() =>
  withMessages("account", import("./pages/welcome.tsx")).then((module) => module.Welcome),
);
const TwoFactor = lazyComponent(() =>
  withMessages("account", import("./pages/two-factor.tsx")).then((m) => m.TwoFactor),
);
const ForgotPassword = lazyComponent(() =>
  withMessages("account", import("./pages/forgot-password.tsx")).then((m) => m.ForgotPassword),
);
const ResetPassword = lazyComponent(() =>
  withMessages("account", import("./pages/reset-password.tsx")).then((m) => m.ResetPassword),
);
const VerifyEmail = lazyComponent(() =>
  withMessages("account", import("./pages/verify-email.tsx")).then((m) => m.VerifyEmail),
);
const History = lazyComponent(() =>
  withMessages("library", import("./pages/history.tsx")).then((module) => module.History),
);
const libraryPages = () => withMessages("library", import("./library/library.tsx"));
const Watchlist = lazyComponent(() => libraryPages().then((module) => module.Watchlist));
const Likes = lazyComponent(() => libraryPages().then((module) => module.Likes));
const Playlists = lazyComponent(() => libraryPages().then((module) => module.Playlists));
const OpenPlaylist = lazyComponent(() =>
  withMessages("library", import("./library/open-playlist.tsx")).then((m) => m.OpenPlaylist),
);
const pickerPages = () => withMessages("profiles", import("./profiles/profile-picker.tsx"));
const ProfilesPage = lazyComponent(() => pickerPages().then((module) => module.ProfilesPage));
const ProfilePicker = lazyComponent(() => pickerPages().then((module) => module.ProfilePicker));
const Unsubscribe = lazyComponent(() =>
  withMessages("account", import("./pages/unsubscribe.tsx")).then((m) => m.Unsubscribe),
);
const Consent = lazyComponent(() =>
  withMessages("account", import("./pages/consent.tsx")).then((module) => module.Consent),
);
const Upload = lazyComponent(() =>
  withMessages("studio", import("./studio/upload/upload.tsx")).then((module) => module.Upload),
);
const Videos = lazyComponent(() =>
  Promise.all([
    withMessages("studio", import("./studio/videos.tsx")),
    loadMessages("own-list"),
  ]).then(([module]) => module.Videos),
);
const StudioSeries = lazyComponent(() =>
  Promise.all([
    withMessages("studio", import("./studio/series.tsx")),
    loadMessages("library"),
  ]).then(([module]) => module.StudioSeries),
);
const Bin = lazyComponent(() =>
  withMessages("studio", import("./studio/bin.tsx")).then((module) => module.Bin),
);
const OwnRulings = lazyComponent(() =>
  Promise.all([
    withMessages("studio", import("./studio/own-rulings.tsx")),
    loadMessages("watch"),
  ]).then(([module]) => module.OwnRulings),
);
const StudioVideo = lazyComponent(() =>
  Promise.all([
    withMessages("studio", import("./studio/video.tsx")),
    loadMessages("editor"),
    loadMessages("analytics"),
    // The reasons of moderators.
    loadMessages("watch"),
  ]).then(([module]) => module.StudioVideo),
);
const Settings = lazyComponent(() =>
  Promise.all([
    withMessages("account", import("./settings/settings.tsx")),
    loadMessages("profiles"),
  ]).then(([module]) => module.Settings),
);

const Admin = lazyComponent(() =>
  withMessages("admin", import("./admin/admin.tsx")).then((module) => module.Admin),
);

const Legal = lazyComponent(() =>
  withMessages("legal", import("./pages/legal.tsx")).then((module) => module.Legal),
);

/**
 * Moves the focus to the start of the new page after a navigation, as a full page load would, unless the page has put it
 * into a field of its own.
 */
function focusMain(): void {
  if (!document.activeElement?.matches("#main input"))
    document.getElementById("main")?.focus({ preventScroll: true });
}

const PATHS_OF_MAILS: ReadonlySet<string> = new Set([
  "/verify-email",
  "/reset-password",
  "/unsubscribe",
]);

/** The page's own requests come first. */
const SITE_LINKS_DELAY_MS = 1500;
const SiteLinks = lazyComponent(async () => {
  await new Promise((resolve) => setTimeout(resolve, SITE_LINKS_DELAY_MS));
  return (await withMessages("legal", import("./components/site-links.tsx"))).SiteLinks;
});

/** `/docs` belongs to the Worker: the target makes the link leave the client-side router. */
function Footer() {
  return (
    <footer class="footer">
      <p class="label">{siteName.value}</p>
      <p>
        {t("app.about")} <a href="/library">{t("app.watchlist")}</a>{" "}
        <a href="/docs" target="_top">
          {t("app.docs")}
        </a>
      </p>
      <ErrorBoundary>
        <SiteLinks />
      </ErrorBoundary>
      <LanguageSwitch />
    </footer>
  );
}

function Shell() {
  const { path, query, url } = useLocation();
  const [stage, clearStage] = useStage(path, query["list"]);
  useOwnHead(path);
  // If several viewers share an account, the profile is chosen before anything else, except on pages that mails link
  // to.
  const asks = account.value ? isUndecided(account.value) && !PATHS_OF_MAILS.has(path) : false;

  const routes = (
    <ErrorBoundary>
      <Router onRouteChange={focusMain}>
        <Route path="/" component={Home} />
        <Route path="/search" component={Search} />
        <Route path="/category/:slug" component={Category} />
        <Route path="/tag/:tag" component={Tag} />
        <Route path="/creator/:id" component={Creator} />
        <Route path="/watch/:id" component={WatchAddress} />
        <Route path="/sign-in" component={SignIn} />
        <Route path="/sign-up" component={SignUp} />
        <Route path="/welcome" component={Welcome} />
        <Route path="/two-factor" component={TwoFactor} />
        <Route path="/forgot-password" component={ForgotPassword} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/verify-email" component={VerifyEmail} />
        <Route path="/unsubscribe" component={Unsubscribe} />
        <Route path="/consent" component={Consent} />
        <Route path="/library" component={Watchlist} />
        <Route path="/library/likes" component={Likes} />
        <Route path="/library/playlists" component={Playlists} />
        <Route path="/playlist/:id" component={OpenPlaylist} />
        <Route path="/profiles" component={ProfilesPage} />
        <Route path="/following" component={Following} />
        <Route path="/history" component={History} />
        <Route path="/upload" component={Upload} />
        <Route path="/studio" component={Videos} />
        <Route path="/studio/playlists" component={StudioSeries} />
        <Route path="/studio/bin" component={Bin} />
        <Route path="/studio/moderation" component={OwnRulings} />
        <Route path="/studio/:id/:section?" component={StudioVideo} />
        <Route path="/settings/:section?" component={Settings} />
        <Route path="/admin/:section?" component={Admin} />
        <Route path="/legal/:page" component={Legal} />
        <Route default component={NotFound} />
      </Router>
    </ErrorBoundary>
  );
  return (
    <>
      <a class="skip-link" href="#main">
        {t("app.skip")}
      </a>
      <Header />
      <main id="main" tabIndex={-1} style={{ outline: "none" }}>
        <OfflineNotice />
        <CrashBoundary path={path}>
          {asks && (
            <ErrorBoundary>
              <ProfilePicker address={url} />
            </ErrorBoundary>
          )}
          {stage && !asks && (
            <ErrorBoundary>
              <Watch
                id={stage.id}
                t={stage.isMini ? undefined : query["t"]}
                list={stage.list}
                isMini={stage.isMini}
                onClose={clearStage}
              />
            </ErrorBoundary>
          )}
          {!asks && routes}
        </CrashBoundary>
      </main>
      <CrashBoundary path={path}>
        <ErrorBoundary>
          <SaveDialogHost />
        </ErrorBoundary>
      </CrashBoundary>
      <Footer />
    </>
  );
}

/** The site: header, the page of the current address, footer. */
function App() {
  return (
    <LocationProvider>
      <Shell />
    </LocationProvider>
  );
}

/** Shows the site. */
export function startSite(): void {
  renderInTasks();
  keepScrollPlaces();
  preloadPlayerOnHover(loadWatch);
  prepareForOffline();
  void refreshSession();
  followProfile(() => account.value?.profileId);
  const container = document.getElementById("app");
  void loadMessages("site").then(() => container && render(<App />, container));
}
