import "../../components/states.css";
import { useEffect, useState } from "preact/hooks";
import type { UnlockRequest } from "../../../workers/contract/video-access.ts";
import { dropPass, storePass } from "../../access-passes.ts";
import { body, v1 } from "../../api-call.ts";
import type { ApiError } from "../../api-error.ts";
import { TextField } from "../../components/field.tsx";
import { usePageTitle } from "../../components/page-title.ts";
import { type PlainKey, rich, t } from "../../i18n/translate.ts";
import { account } from "../../session.ts";
import { useSubmit } from "../../use-submit.ts";
import { PremierePage } from "./premiere-page.tsx";
import { linkKey } from "./locked.ts";

export interface LockedVideoProps {
  id: string;
  /** Why the video was refused. */
  error: ApiError;
  /** Loads the video again. */
  onUnlocked: () => void;
}

async function unlock(id: string, request: UnlockRequest): Promise<void> {
  const unlocked = await body(v1.videos[":id"].unlock.$post({ param: { id }, json: request }));
  storePass(id, unlocked.pass);
}

const REASONS: Record<string, PlainKey> = {
  wrong_password: "locked.wrongPassword",
  password_paused: "locked.paused",
  access_link_ended: "locked.linkEnded",
  not_found: "locked.gone",
};

/** The result of an attempt, as a message of the site. */
function reasonOf(error: ApiError): string {
  const key = REASONS[error.code];
  return key ? t(key) : error.message;
}

/**
 * Shows the countdown to a premiere; or uses the link in the address, or asks for the password or the invited account.
 */
export function LockedVideo(props: LockedVideoProps) {
  // An access link opens the video before its time.
  const isPremiere = props.error.code === "premiere_pending" && linkKey() === null;
  return isPremiere ? <PremierePage {...props} /> : <LockedDoor {...props} />;
}

function LockedDoor({ id, error, onUnlocked }: LockedVideoProps) {
  const [password, setPassword] = useState("");
  const opening = useSubmit(async (request: UnlockRequest) => {
    await unlock(id, request);
    onUnlocked();
  });
  const key = linkKey();
  useEffect(() => {
    // A refused key is useless from now on.
    dropPass(id);
    if (key !== null) opening.run({ key });
  }, [id]);
  usePageTitle(t("locked.title"));
  const asksPassword = error.code === "password_required";
  if (key !== null && !opening.error)
    return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  return (
    <section class="state">
      <h1 class="state-title">{t("locked.title")}</h1>
      {!asksPassword && !opening.error && <p class="state-text">{t("locked.invited")}</p>}
      {opening.error && (
        <p class="notice notice-bad" role="alert">
          {reasonOf(opening.error)}
        </p>
      )}
      {asksPassword && (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            opening.run({ password });
          }}
        >
          <TextField
            label={t("locked.password")}
            type="password"
            name="video-password"
            autocomplete="off"
            required
            maxLength={100}
            value={password}
            onInput={setPassword}
          />
          <div>
            <button type="submit" class="button button-signal" disabled={opening.busy}>
              {t("locked.watch")}
            </button>
          </div>
        </form>
      )}
      {account.value ? (
        <SignedInAs {...account.value} />
      ) : (
        <p class="soft">
          <a href={`/sign-in?next=/watch/${id}`} target="_top">
            {t("locked.signIn")}
          </a>
        </p>
      )}
    </section>
  );
}

function SignedInAs({ email, emailVerified }: { email: string; emailVerified: boolean }) {
  return (
    <p class="soft">
      {emailVerified
        ? t("locked.signedInAs", { email })
        : rich("locked.unconfirmed", {
            email,
            link: (chunks) => (
              <a href="/settings" target="_top">
                {chunks}
              </a>
            ),
          })}
    </p>
  );
}
