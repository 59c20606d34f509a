/** Has the language that a viewer has chosen, for the functions of Pages. They do not see the storage of the browser. */
export const LANGUAGE_COOKIE = "kinora.language";
