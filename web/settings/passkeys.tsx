import { shownText } from "../format.ts";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { addPasskey, passkeysSupported } from "../passkeys.ts";
import { useLoad } from "../use-load.ts";

interface Passkey {
  id: string;
  name?: string | null;
  createdAt?: string | null;
}

/** The account's passkeys, to add and remove. */
export function Passkeys() {
  const list = useLoad(() => auth<Passkey[]>("/passkey/list-user-passkeys"), []);
  const [name, setName] = useState("");
  const adding = useSubmit(async () => {
    await addPasskey(name.trim());
    setName("");
    list.reload();
  });
  const removing = useSubmit(async (id: string) => {
    await auth("/passkey/delete-passkey", { id });
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>Passkeys</h2>
      <p>Sign in with your fingerprint, face or screen lock instead of a password.</p>
      <ul class="lines">
        {list.data?.map((passkey) => (
          <li class="line" key={passkey.id}>
            <span class="line-main">
              <strong dir="auto">{shownText(passkey.name ?? "", "Passkey")}</strong>
              {passkey.createdAt && <span class="soft">Added {dayOf(passkey.createdAt)}</span>}
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={`Remove ${passkey.name || "passkey"}`}
              onClick={() => removing.run(passkey.id)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? removing.error ?? adding.error} />
      {passkeysSupported ? (
        <form class="form" onSubmit={adding.submit}>
          <TextField
            label="Passkey name"
            placeholder="My laptop"
            required
            maxLength={80}
            value={name}
            onInput={setName}
          />
          <div>
            <button type="submit" class="button" disabled={adding.busy}>
              Add passkey
            </button>
          </div>
        </form>
      ) : (
        <p class="soft">This browser does not support passkeys.</p>
      )}
    </section>
  );
}
