import { auth } from "../auth-api.ts";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { useLoad } from "../use-load.ts";
import { deviceName } from "./device-name.ts";

interface Session {
  id: string;
  token: string;
  userAgent?: string | null;
  ipAddress?: string | null;
  updatedAt: string;
}

/** Where the account is signed in, and the way to end it there. */
export function Sessions() {
  const list = useLoad(async () => {
    const [sessions, here] = await Promise.all([
      auth<Session[]>("/list-sessions"),
      auth<{ session: { id: string } }>("/get-session"),
    ]);
    return sessions.map((session) => ({ ...session, here: session.id === here.session.id }));
  }, []);
  const end = useSubmit(async (token: string) => {
    await auth("/revoke-session", { token });
    list.reload();
  });
  const endOthers = useSubmit(async () => {
    await auth("/revoke-other-sessions", {});
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>Signed in on</h2>
      <FormError error={list.error ?? end.error ?? endOthers.error} />
      <ul class="lines">
        {list.data?.map((session) => (
          <li class="line" key={session.id}>
            <span class="line-main">
              <strong>{deviceName(session.userAgent ?? "")}</strong>
              <span class="soft">
                {session.here ? "This browser" : `Last used ${dayOf(session.updatedAt)}`}
                {session.ipAddress ? `, ${session.ipAddress}` : ""}
              </span>
            </span>
            {!session.here && (
              <button
                type="button"
                class="button button-small"
                onClick={() => end.run(session.token)}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {(list.data?.length ?? 0) > 1 && (
        <div>
          <button
            type="button"
            class="button button-danger"
            disabled={endOthers.busy}
            onClick={() => endOthers.run()}
          >
            Sign out everywhere else
          </button>
        </div>
      )}
    </section>
  );
}
