import { z } from "zod";
import { log } from "../log.ts";
import { count } from "../count.ts";

/** A variable that is `true` or `false`. */
export const Flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((value) => value === "true");

/** The variables of wrangler.toml for mail. */
export const MailSettings = z.object({
  DEV_MAIL: Flag,
  MAIL_FROM: z.string().min(1),
  MAIL_ENDPOINT: z.union([z.literal(""), z.url()]),
  /** A secret, and optional. */
  MAIL_API_KEY: z.string().optional(),
});
type MailSettings = z.infer<typeof MailSettings>;

/** @throws ZodError that names an invalid variable */
export const mailSettings = (env: Env): MailSettings => MailSettings.parse(env);

export interface Mail {
  to: string;
  subject: string;
  text: string;
  headers?: Record<string, string>;
}

export interface Mailer {
  /** @returns false if the service refused it, which is logged; callers must not report it where it reveals an account */
  send(mail: Mail): Promise<boolean>;
}

/** The latest mail of this process under DEV_MAIL, newest first, for the page /dev/mail. */
export const devMails: (Mail & { at: string })[] = [];
const MAX_DEV_MAILS = 50;
const TIMEOUT_MAIL_MS = 10_000;

/** Counts a message that a service elsewhere was given. */
export function countDelivery(channel: "mail" | "push" | "webhook", isSent: boolean): void {
  count("deliveries", { channel, outcome: isSent ? "sent" : "refused" });
}

const devMailer: Mailer = {
  async send(mail) {
    devMails.unshift({ ...mail, at: new Date().toISOString() });
    devMails.length = Math.min(devMails.length, MAX_DEV_MAILS);
    countDelivery("mail", true);
    const link = /https?:\S+/.exec(mail.text)?.[0];
    log("mail.not-sent", { to: mail.to, subject: mail.subject, link });
    return true;
  },
};

/** Posts JSON {from, to, subject, text, headers} with a bearer key, as Resend and similar services accept it. */
function httpMailer({ MAIL_ENDPOINT, MAIL_API_KEY, MAIL_FROM }: MailSettings): Mailer {
  return {
    async send(mail) {
      const response = await fetch(MAIL_ENDPOINT, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${MAIL_API_KEY ?? ""}`,
        },
        body: JSON.stringify({ from: MAIL_FROM, ...mail, to: [mail.to] }),
        signal: AbortSignal.timeout(TIMEOUT_MAIL_MS),
      }).catch((error: unknown) => {
        countDelivery("mail", false);
        throw error;
      });
      countDelivery("mail", response.ok);
      // The log must have neither the address nor the text, which has a token.
      if (!response.ok) log("mail.refused", { status: response.status });
      return response.ok;
    },
  };
}

/** Null if the operator has set up no mail: passwords cannot be reset then, and no address is verified. */
export function mailerOf(settings: MailSettings): Mailer | null {
  if (settings.DEV_MAIL) return devMailer;
  return settings.MAIL_ENDPOINT ? httpMailer(settings) : null;
}
