import type { ComponentChildren } from "preact";
import { FormError } from "../components/form-error.tsx";
import type { Loaded } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

interface Revocable {
  id: string;
  name: string;
  /** Shown next to the name. */
  suffix: ComponentChildren;
  /** Shown below the name. */
  details: ComponentChildren;
  isRevoked: boolean;
}

interface Props<T> {
  list: Loaded<T[]>;
  emptyText: string;
  describe: (item: T) => Revocable;
  revoke: (id: string) => Promise<unknown>;
}

/** A list of credentials, each with a button to revoke it. */
export function RevocableList<T>({ list, emptyText, describe, revoke }: Props<T>) {
  const revoking = useSubmit(async (id: string) => {
    await revoke(id);
    list.reload();
  });
  return (
    <>
      {list.data?.length === 0 && <p class="soft">{emptyText}</p>}
      <ul class="lines">
        {list.data?.map(describe).map(({ id, name, suffix, details, isRevoked }) => (
          <li class="line" key={id}>
            <span class="line-main">
              <strong dir="auto">
                {name} {suffix}
              </strong>
              <span class="soft">{details}</span>
            </span>
            {!isRevoked && (
              <button
                type="button"
                class="button button-small button-danger"
                aria-label={t("tokens.revokeName", { name })}
                disabled={revoking.busy}
                onClick={() => revoking.run(id)}
              >
                {t("tokens.revoke")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? revoking.error} />
    </>
  );
}
