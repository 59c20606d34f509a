import "@fontsource-variable/archivo/wdth.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { loadMessages } from "./i18n/load-messages.ts";
import { keepScrollPlaces } from "./scroll-memory.ts";
import { preloadPlayerOnHover } from "./player/early-start.ts";
import { refreshSession } from "./session.ts";

keepScrollPlaces();
preloadPlayerOnHover();
void refreshSession();
const container = document.getElementById("app");
void loadMessages("site").then(() => container && render(<App />, container));
