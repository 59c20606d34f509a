import { useState } from "preact/hooks";
import type { AccountQuota, ManagedAccount } from "../../workers/contract/account-admin.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { wholeNumber } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { changeAccount } from "./accounts-api.ts";

const GB = 1e9;

/** The content of the fields: numbers, or nothing for the limits of the site. */
function fieldsOf({ bytes, encodeMinutesPerDay, uploadsPerDay }: AccountQuota) {
  return {
    gigabytes: bytes === null ? "" : String(bytes / GB),
    minutes: encodeMinutesPerDay === null ? "" : String(encodeMinutesPerDay),
    uploads: uploadsPerDay === null ? "" : String(uploadsPerDay),
  };
}

const numberIn = (text: string): number | null => (text === "" ? null : Number(text));

interface Props {
  account: ManagedAccount;
  onChange: (account: ManagedAccount) => void;
}

/** What one account may store, encode and upload. */
export function AccountQuotaForm({ account, onChange }: Props) {
  const { usage } = account;
  const [fields, setFields] = useState(() => fieldsOf(account.quota));
  const saving = useSubmit(async () => {
    const gigabytes = numberIn(fields.gigabytes);
    const quota = {
      bytes: gigabytes === null ? null : Math.round(gigabytes * GB),
      encodeMinutesPerDay: numberIn(fields.minutes),
      uploadsPerDay: numberIn(fields.uploads),
    };
    onChange(await changeAccount(account.id, { quota }));
  });
  const change = (changed: Partial<typeof fields>) => {
    setFields({ ...fields, ...changed });
    saving.reset();
  };
  return (
    <section class="admin-section" aria-labelledby="admin-quota">
      <h2 class="section-title" id="admin-quota">
        {t("admin.quota")}
      </h2>
      <p class="soft">{t("admin.quotaText")}</p>
      <form class="form" onSubmit={saving.submit}>
        <div class="form-row">
          <TextField
            label={t("admin.quotaStorage")}
            type="number"
            min={0}
            step="any"
            value={fields.gigabytes}
            hint={t("admin.used", { amount: byteSize(usage.bytes) })}
            error={saving.fieldErrors["bytes"]}
            onInput={(gigabytes) => change({ gigabytes })}
          />
          <TextField
            label={t("admin.quotaEncode")}
            type="number"
            min={0}
            value={fields.minutes}
            hint={t("admin.usedToday", { amount: wholeNumber(usage.encodeMinutesToday) })}
            error={saving.fieldErrors["encodeMinutesPerDay"]}
            onInput={(minutes) => change({ minutes })}
          />
          <TextField
            label={t("admin.quotaUploads")}
            type="number"
            min={0}
            value={fields.uploads}
            hint={t("admin.usedToday", { amount: wholeNumber(usage.uploadsToday) })}
            error={saving.fieldErrors["uploadsPerDay"]}
            onInput={(uploads) => change({ uploads })}
          />
        </div>
        <FormError error={saving.error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={saving.busy}>
            {t("admin.saveQuota")}
          </button>
          <SavedStatus saved={saving.done} />
        </div>
      </form>
    </section>
  );
}
