import { Hono } from "hono";
import { html } from "hono/html";
import { devMails } from "../services/mailer.ts";
import { authSettings } from "./settings.ts";
import type { AppEnv } from "../context.ts";

/**
 * Shows the mail that would have been sent. Only under DEV_MAIL, and only on the Worker's own port, because the site does not
 * forward /dev.
 */
export const devMail = new Hono<AppEnv>().get("/dev/mail", (c) => {
  if (!authSettings(c.env).DEV_MAIL) return c.notFound();
  if (c.req.header("accept")?.includes("application/json")) return c.json({ items: devMails });
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <title>Mail</title>
        <body>
          <h1>Mail</h1>
          ${devMails.map(
            (mail) => html`
              <article>
                <h2>${mail.subject}</h2>
                <p>${mail.at} to ${mail.to}</p>
                <pre>
${mail.text.split(/(https?:\/\/\S+)/).map((part) => (part.startsWith("http") ? html`<a href="${part}">${part}</a>` : part))}</pre>
              </article>
            `,
          )}
        </body>
      </html>`,
  );
});
