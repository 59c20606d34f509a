import { render } from "preact";
import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { CrashBoundary } from "./components/crash-boundary.tsx";
import { NotFound } from "./components/not-found.tsx";
import { loadMessages, withMessages } from "./i18n/load-messages.ts";
import { refreshSession } from "./session.ts";
import { lazyComponent } from "./lazy-component.ts";

const Embed = lazyComponent(async () => {
  // The styles are separate: its code is shared with the site, whose pages do not need them.
  const [page] = await Promise.all([
    withMessages("watch", import("./pages/embed.tsx")),
    import("./pages/embed-styles.ts"),
  ]);
  return page.Embed;
});

function EmbedShell() {
  return (
    <LocationProvider>
      <CrashBoundary path={location.pathname}>
        <ErrorBoundary>
          <Router>
            <Route path="/embed/:id" component={Embed} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </CrashBoundary>
    </LocationProvider>
  );
}

/** Shows the player alone. A frame on another site loads neither the site's header nor its other pages. */
export function startEmbed(): void {
  void refreshSession();
  const container = document.getElementById("app");
  void loadMessages("site").then(() => container && render(<EmbedShell />, container));
}
