import { render } from "preact";
import { ErrorBoundary, lazy, LocationProvider, Route, Router, useRoute } from "preact-iso";
import { NotFound } from "./components/not-found.tsx";
import { loadMessages, withMessages } from "./i18n/load-messages.ts";
import { refreshSession } from "./session.ts";
import { isVideoId } from "./video-id.ts";

const Embed = lazy(async () => {
  // The styles are apart: its code is shared with the site, whose pages do not need them.
  const [page] = await Promise.all([
    withMessages("watch", import("./pages/embed.tsx")),
    import("./pages/embed-styles.ts"),
  ]);
  return page.Embed;
});

/** A mistyped id is an address without a page: the server is not asked. */
function EmbedAddress() {
  return isVideoId(useRoute().params["id"]) ? <Embed /> : <NotFound />;
}

/** Shows the player alone. A frame on another site loads neither the site's header nor its other pages. */
export function startEmbed(): void {
  void refreshSession();
  const container = document.getElementById("app");
  if (!container) return;
  void loadMessages("site").then(() =>
    render(
      <LocationProvider>
        <ErrorBoundary>
          <Router>
            <Route path="/embed/:id" component={EmbedAddress} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </LocationProvider>,
      container,
    ),
  );
}
