import { playlistPage as onRequest } from "../../edge/collection-page.ts";

export { onRequest };
