import { useState } from "preact/hooks";
import type { AccessLink } from "../../../workers/contract/video-access.ts";
import { TextField } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { DAY_MS, dayOf, momentOf } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { isoOf, localOf, timeZone } from "../editor/local-time.ts";
import { createAccessLink, revokeAccessLink } from "./access-api.ts";

const DEFAULT_DAYS = 7;
const inDays = (days: number): string =>
  localOf(new Date(Date.now() + days * DAY_MS).toISOString());

interface Props {
  id: string;
  links: readonly AccessLink[];
  onChanged: () => void;
}

/** Links with which anybody can watch a private video until they expire. */
export function LinkList({ id, links, onChanged }: Props) {
  const [name, setName] = useState("");
  const [expiresAt, setExpiresAt] = useState(() => inDays(DEFAULT_DAYS));
  const [copied, setCopied] = useState<string | null>(null);
  const creating = useSubmit(async () => {
    // The server refuses an invalid time, as it does one in the past.
    await createAccessLink(id, { name: name.trim(), expiresAt: isoOf(expiresAt) ?? "" });
    setName("");
    onChanged();
  });
  const revoking = useSubmit(async (linkId: string) => {
    await revokeAccessLink(id, linkId);
    onChanged();
  });
  const copying = useSubmit(async ({ id: linkId, url }: AccessLink) => {
    await navigator.clipboard.writeText(url);
    setCopied(linkId);
  });
  return (
    <section class="way" aria-labelledby="way-links">
      <h3 id="way-links">{t("ways.links")}</h3>
      <p class="soft">{t("ways.linksText")}</p>
      <ul class="lines">
        {links.map((link) => (
          <li class="line" key={link.id}>
            <span class="way-main">
              <strong dir="auto">{link.name}</strong>
              <span class="soft">{usesOf(link)}</span>
              <span class="soft">{expiryOf(link)}</span>
            </span>
            <span class="form-actions">
              <button
                type="button"
                class="button button-small"
                aria-label={t("ways.copyLink", { name: link.name })}
                onClick={() => copying.run(link)}
              >
                {copied === link.id ? t("common.copied") : t("common.copy")}
              </button>
              <button
                type="button"
                class="button button-small button-danger"
                aria-label={t("ways.revokeLink", { name: link.name })}
                disabled={revoking.busy}
                onClick={() => revoking.run(link.id)}
              >
                {t("ways.revoke")}
              </button>
            </span>
          </li>
        ))}
      </ul>
      <FormError error={revoking.error ?? copying.error} />
      <form class="form" aria-label={t("ways.newLink")} onSubmit={creating.submit}>
        <TextField
          label={t("ways.linkName")}
          hint={t("ways.linkNameHint")}
          required
          maxLength={100}
          value={name}
          error={creating.fieldErrors["name"]}
          onInput={setName}
        />
        <TextField
          type="datetime-local"
          label={t("ways.expiresAt")}
          hint={t("schedule.zone", { zone: timeZone() })}
          required
          value={expiresAt}
          error={creating.fieldErrors["expiresAt"]}
          onInput={setExpiresAt}
        />
        <FormError error={creating.error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={creating.busy}>
            {t("ways.createLink")}
          </button>
        </div>
      </form>
    </section>
  );
}

function usesOf({ uses, lastUsedAt }: AccessLink): string {
  return lastUsedAt === null
    ? t("ways.neverOpened")
    : t("ways.opened", { count: uses, day: dayOf(lastUsedAt) });
}

function expiryOf({ expiresAt }: AccessLink): string {
  const time = momentOf(expiresAt);
  return t(Date.parse(expiresAt) <= Date.now() ? "ways.expired" : "ways.expires", { time });
}
