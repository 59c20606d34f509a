import { watchPage as onRequest } from "../../edge/watch-page.ts";

export { onRequest };
