import { searchPage as onRequest } from "../edge/search-page.ts";

export { onRequest };
