import { useState } from "preact/hooks";
import type { AccountQuota, ManagedAccount } from "../../workers/contract/account-admin.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { wholeNumber } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { changeAccount } from "./accounts-api.ts";
import { SizeInput } from "./size-input.tsx";

/** The content of the fields: amounts, or nothing for the limits of the site. */
function fieldsOf({ bytes, encodeMinutesPerDay, uploadsPerDay }: AccountQuota) {
  return {
    bytes,
    minutes: encodeMinutesPerDay === null ? "" : String(encodeMinutesPerDay),
    uploads: uploadsPerDay === null ? "" : String(uploadsPerDay),
  };
}

const numberIn = (text: string): number | null => (text === "" ? null : Number(text));

interface Props {
  account: ManagedAccount;
  onChange: (account: ManagedAccount) => void;
}

/** The limits of one account: storage, encoding and uploads. */
export function AccountQuotaForm({ account, onChange }: Props) {
  const { usage } = account;
  const [fields, setFields] = useState(() => fieldsOf(account.quota));
  const saving = useSubmit(async () => {
    const quota = {
      bytes: fields.bytes,
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
          <SizeInput
            label={t("admin.quotaStorage")}
            value={fields.bytes}
            hint={t("admin.storageHint", { amount: byteSize(usage.bytes) })}
            error={saving.fieldErrors["bytes"]}
            onChange={(bytes) => change({ bytes })}
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
            // Without a limit they are not counted.
            hint={
              usage.uploadsToday > 0
                ? t("admin.usedToday", { amount: wholeNumber(usage.uploadsToday) })
                : t("operate.countedFromLimit")
            }
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
