import type { ComponentChildren } from "preact";
import { FormError } from "../components/form-error.tsx";
import type { Loaded } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

interface Revocable {
  id: string;
  name: string;
  /** Beside the name. */
  mark: ComponentChildren;
  /** Below it. */
  about: ComponentChildren;
  isRevoked: boolean;
}

interface Props<T> {
  list: Loaded<T[]>;
  /** Said of an empty list. */
  none: string;
  describe: (item: T) => Revocable;
  revoke: (id: string) => Promise<unknown>;
}

/** What was given out and can be taken back, each with a button for that. */
export function RevocableList<T>({ list, none, describe, revoke }: Props<T>) {
  const revoking = useSubmit(async (id: string) => {
    await revoke(id);
    list.reload();
  });
  return (
    <>
      {list.data?.length === 0 && <p class="soft">{none}</p>}
      <ul class="lines">
        {list.data?.map(describe).map(({ id, name, mark, about, isRevoked }) => (
          <li class="line" key={id}>
            <span class="line-main">
              <strong>
                {name} {mark}
              </strong>
              <span class="soft">{about}</span>
            </span>
            {!isRevoked && (
              <button
                type="button"
                class="button button-small button-danger"
                aria-label={`Revoke ${name}`}
                disabled={revoking.busy}
                onClick={() => revoking.run(id)}
              >
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? revoking.error} />
    </>
  );
}
