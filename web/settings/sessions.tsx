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

/** The devices that the account is signed in on, and buttons to sign them out. */
export function Sessions() {
  const list = useLoad(async () => {
    const [sessions, current] = await Promise.all([
      auth<Session[]>("/list-sessions"),
      auth<{ session: { id: string } }>("/get-session"),
    ]);
    return sessions.map((session) => ({
      ...session,
      isCurrent: session.id === current.session.id,
    }));
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
      <h2>Your devices</h2>
      <FormError error={list.error ?? end.error ?? endOthers.error} />
      <ul class="lines">
        {list.data?.map((session) => (
          <li class="line" key={session.id}>
            <span class="line-main">
              <strong>{deviceName(session.userAgent ?? "")}</strong>
              <span class="soft">
                {session.isCurrent ? "This device" : `Last active ${dayOf(session.updatedAt)}`}
                {session.ipAddress ? `, ${session.ipAddress}` : ""}
              </span>
            </span>
            {!session.isCurrent && (
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
            Sign out on all other devices
          </button>
        </div>
      )}
    </section>
  );
}
