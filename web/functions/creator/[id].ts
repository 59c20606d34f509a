import { creatorPage as onRequest } from "../../edge/collection-page.ts";

export { onRequest };
