/** Where a browser keeps what the settings of the site were at its last visit, so that nothing changes while a page opens. */
export const SITE_NAME_KEY = "kinora.site-name";
/** Declarations of custom properties, as CSS. */
export const ACCENT_KEY = "kinora.accent";
