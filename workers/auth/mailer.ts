import { log } from "../log.ts";
import type { AuthSettings } from "./settings.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves when the mail is handed over; a failure is logged, for the caller must not learn of it. */
  send(mail: Mail): Promise<void>;
}

/** The last mails of this process under DEV_MAIL, newest first, for the page /dev/mail. */
export const devMails: (Mail & { at: string })[] = [];
const DEV_MAILS = 50;

const devMailer: Mailer = {
  async send(mail) {
    devMails.unshift({ ...mail, at: new Date().toISOString() });
    devMails.length = Math.min(devMails.length, DEV_MAILS);
    const link = /https?:\S+/.exec(mail.text)?.[0];
    log("mail.not-sent", { to: mail.to, subject: mail.subject, link });
  },
};

/** Posts JSON {from, to, subject, text} with a bearer key, as Resend and others take it. */
const httpMailer = ({ MAIL_ENDPOINT, MAIL_API_KEY, MAIL_FROM }: AuthSettings): Mailer => ({
  async send(mail) {
    const response = await fetch(MAIL_ENDPOINT, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${MAIL_API_KEY ?? ""}`,
      },
      body: JSON.stringify({ from: MAIL_FROM, ...mail, to: [mail.to] }),
      signal: AbortSignal.timeout(10_000),
    });
    // Neither the address nor the text: it holds a token.
    if (!response.ok) log("mail.refused", { status: response.status });
  },
});

/** null where the operator has set up no mail: then nobody can reset a password, and no address is verified. */
export function mailerOf(settings: AuthSettings): Mailer | null {
  if (settings.DEV_MAIL) return devMailer;
  return settings.MAIL_ENDPOINT ? httpMailer(settings) : null;
}
