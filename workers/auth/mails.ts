import type { Mail } from "./mailer.ts";

/** The mails of sign-in: plain text, one link each. */
export const verificationMail = (product: string, to: string, url: string): Mail => ({
  to,
  subject: `Confirm your address for ${product}`,
  text: `Open this link to confirm that this address is yours:\n\n${url}\n\nIt works for one hour. If you have not signed up at ${product}, ignore this mail.`,
});

export const resetMail = (product: string, to: string, url: string): Mail => ({
  to,
  subject: `Choose a new password for ${product}`,
  text: `Open this link to choose a new password:\n\n${url}\n\nIt works once, for one hour, and signs you out everywhere. If you have not asked for it, ignore this mail: nothing has changed.`,
});

export const existingAccountMail = (product: string, to: string, origin: string): Mail => ({
  to,
  subject: `You already have an account at ${product}`,
  text: `Someone, perhaps you, tried to sign up at ${product} with this address, which has an account.\n\nSign in: ${origin}/sign-in\nForgotten password: ${origin}/forgot-password\n\nIf it was not you, ignore this mail: nothing has changed.`,
});
