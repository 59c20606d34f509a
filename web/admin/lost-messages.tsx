import { useState } from "preact/hooks";
import type { DeadLetter } from "../../workers/contract/dead-letters.ts";
import { dismissDeadLetter, listDeadLetters, resendDeadLetter } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { dayOf, timeOfDay } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { AllMessages } from "./all-messages.tsx";

/** Messages that a queue has given up: sent again once the cause is repaired, or dismissed. */
export function LostMessages() {
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLoad((signal) => listDeadLetters(cursors.at(-1), signal), [cursors.at(-1)]);
  const changing = useSubmit(async (change: () => Promise<unknown>) => {
    await change();
    page.reload();
  });
  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  if (page.data.items.length === 0 && cursors.length === 0)
    return (
      <EmptyState heading="h2" title={t("admin.noMessages")}>
        {t("admin.noMessagesText")}
      </EmptyState>
    );
  const [newest] = page.data.items;
  return (
    <section class="admin-section" aria-labelledby="admin-messages">
      <h2 class="section-title" id="admin-messages">
        {t("admin.messages")}
      </h2>
      <p class="soft">{t("admin.messagesText")}</p>
      {cursors.length === 0 && newest && <AllMessages newest={newest.id} onChange={page.reload} />}
      <FormError error={changing.error} />
      <ul>
        {page.data.items.map((letter) => (
          <MessageItem
            key={letter.id}
            letter={letter}
            isBusy={changing.busy}
            onResend={() => changing.run(() => resendDeadLetter(letter.id))}
            onDismiss={() => changing.run(() => dismissDeadLetter(letter.id))}
          />
        ))}
      </ul>
      <Pager cursors={cursors} next={page.data.nextCursor} onChange={setCursors} />
    </section>
  );
}

interface ItemProps {
  letter: DeadLetter;
  isBusy: boolean;
  onResend: () => void;
  onDismiss: () => void;
}

function MessageItem({ letter, isBusy, onResend, onDismiss }: ItemProps) {
  const { kind, queue, receivedAt, isRetried, body } = letter;
  const name = kind ?? t("admin.unknownMessage");
  return (
    <li class="admin-item" data-letter={letter.id}>
      <p class="admin-item-head">
        <strong>{name}</strong>
        {isRetried && <span class="badge">{t("admin.isRetried")}</span>}
      </p>
      <p class="admin-facts">
        <span>{queue}</span>
        <span>{t("admin.received", { day: dayOf(receivedAt), time: timeOfDay(receivedAt) })}</span>
      </p>
      <details>
        <summary>{t("admin.body")}</summary>
        <pre class="admin-body" dir="ltr">
          {JSON.stringify(body, null, 2)}
        </pre>
      </details>
      <div class="form-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("admin.resendName", { name })}
          disabled={isBusy || kind === null}
          onClick={onResend}
        >
          {t("admin.resend")}
        </button>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={t("admin.deleteName", { name })}
          disabled={isBusy}
          onClick={onDismiss}
        >
          {t("common.delete")}
        </button>
      </div>
    </li>
  );
}
