/**
 * The keys under which a browser stores the site's settings of its last visit, so that nothing changes while a page
 * opens.
 */
export const SITE_NAME_KEY = "kinora.site-name";
/** Address of the logo, and its width. */
export const SITE_LOGO_KEY = "kinora.site-logo";
/** Declarations of custom properties, as CSS. */
export const ACCENT_KEY = "kinora.accent";
