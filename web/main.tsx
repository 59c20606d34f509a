import "@fontsource-variable/archivo/wdth.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import { startFeed } from "./early-feed.ts";
import { startSearch } from "./early-search.ts";
import { startVideoPage } from "./player/stage/early-start.ts";

// The first request does not wait for the code of the page, which loads in the meantime.
startVideoPage(location.pathname);
startFeed(location.pathname);
startSearch(location.pathname, location.search);
if (location.pathname.startsWith("/embed/"))
  void import("./embed-app.tsx").then(({ startEmbed }) => startEmbed());
else void import("./app.tsx").then(({ startSite }) => startSite());
