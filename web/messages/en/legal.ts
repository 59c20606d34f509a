/** The legal pages of the site. */
export const messages = {
  "legal.imprint": "Imprint",
  "legal.privacy": "Privacy notice",
  "legal.terms": "Terms of use",
} as const;
