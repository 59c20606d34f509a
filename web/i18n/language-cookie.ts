/** The language that a viewer has chosen, for Pages Functions, which cannot read the browser's storage. */
export const LANGUAGE_COOKIE = "kinora.language";
