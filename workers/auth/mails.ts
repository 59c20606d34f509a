import type { Mail } from "../services/mailer.ts";

export function verificationMail(product: string, to: string, url: string): Mail {
  return {
    to,
    subject: `Confirm your email address for ${product}`,
    text: `Open this link to confirm your email address:\n\n${url}\n\nThe link is valid for one hour. If you did not sign up for ${product}, you can ignore this email.`,
  };
}

export function resetMail(product: string, to: string, url: string): Mail {
  return {
    to,
    subject: `Reset your ${product} password`,
    text: `Open this link to choose a new password:\n\n${url}\n\nThe link can be used once and is valid for one hour. A new password signs you out on all devices. If you did not request this, you can ignore this email. Your password has not changed.`,
  };
}

export function existingAccountMail(product: string, to: string, origin: string): Mail {
  return {
    to,
    subject: `You already have a ${product} account`,
    text: `Someone tried to sign up for ${product} with this email address, which already has an account.\n\nSign in: ${origin}/sign-in\nForgot your password? ${origin}/forgot-password\n\nIf it was not you, you can ignore this email. Nothing has changed.`,
  };
}
