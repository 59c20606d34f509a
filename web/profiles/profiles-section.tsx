import "./profiles.css";
import { useState } from "preact/hooks";
import { MAX_PROFILES } from "../../workers/contract/max-profiles.ts";
import type {
  ProfileCreate,
  ProfileList,
  ProfilePatch,
  ViewerProfile,
} from "../../workers/contract/profiles.ts";
import { addProfile, editProfile, listProfiles, removeProfile, setPin } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { account, refreshSession } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { AvatarPicture } from "../components/avatar-picture.tsx";
import { PinField } from "./pin-dialog.tsx";
import { NEW_PROFILE, ProfileForm } from "./profile-form.tsx";

const MAIN_PROFILE = "main";

/** The profiles of the account, and the PIN that protects them. */
export function ProfilesSection() {
  const loaded = useLoad(listProfiles, [account.value?.id]);
  const [pin, setKnownPin] = useState<string | undefined>();
  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data) return <p aria-busy="true">{t("common.loading")}</p>;
  const list = loaded.data;
  /** Called after a change, because the menu and the picker read the session. */
  async function onChanged(): Promise<void> {
    loaded.set(await listProfiles());
    await refreshSession();
  }
  if (list.hasPin && pin === undefined) return <Unlock onPin={setKnownPin} />;
  return (
    <>
      <section class="settings-group" aria-labelledby="profiles">
        <h2 id="profiles">{t("profiles.title")}</h2>
        <p>{t("profiles.text")}</p>
        <Profiles list={list} pin={pin} onChanged={onChanged} />
      </section>
      <PinSettings
        list={list}
        pin={pin}
        onSet={async (next) => {
          setKnownPin(next ?? undefined);
          await onChanged();
        }}
      />
    </>
  );
}

/** Each change needs the PIN, which is requested once. The server checks it. */
function Unlock({ onPin }: { onPin: (pin: string) => void }) {
  const [typed, setTyped] = useState("");
  const { submit, busy, error, reset } = useSubmit(async () => {
    await editProfile(MAIN_PROFILE, {}, typed);
    onPin(typed);
  });
  return (
    <section class="settings-group" aria-labelledby="profiles-pin">
      <h2 id="profiles-pin">{t("profiles.title")}</h2>
      <p>{t("pin.unlock")}</p>
      <form class="form" onSubmit={submit} onInput={reset}>
        <PinField label={t("pin.field")} value={typed} onInput={setTyped} />
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {t("pin.continue")}
          </button>
        </div>
        <p class="soft">{t("pin.forgot")}</p>
      </form>
    </section>
  );
}

interface ChangeProps {
  list: ProfileList;
  pin: string | undefined;
  onChanged: () => Promise<void>;
}

function Profiles({ list, pin, onChanged }: ChangeProps) {
  const [edited, setEdited] = useState<string | null>(null);
  const [deleted, setDeleted] = useState<ViewerProfile | null>(null);
  const isFull = list.items.length >= MAX_PROFILES;
  async function save(id: string | null, { ...draft }: ProfileCreate): Promise<void> {
    if (id === null) await addProfile(draft, pin);
    else await editProfile(id, patchOf(id, draft), pin);
    setEdited(null);
    await onChanged();
  }
  return (
    <>
      <ul class="lines">
        {list.items.map((profile) => (
          <li key={profile.id}>
            <div class="line">
              <span class="profile-line">
                <AvatarPicture avatar={profile.avatar} size={48} />
                <span class="line-main">
                  <strong dir="auto">{profile.name}</strong>
                  <span class="soft">{notesOf(profile)}</span>
                </span>
              </span>
              <span class="form-actions">
                <button
                  type="button"
                  class="button button-small"
                  aria-label={t("profiles.editName", { name: profile.name })}
                  aria-expanded={edited === profile.id}
                  onClick={() => setEdited(edited === profile.id ? null : profile.id)}
                >
                  {t("profiles.edit")}
                </button>
                {profile.id !== MAIN_PROFILE && (
                  <button
                    type="button"
                    class="button button-small button-danger"
                    aria-label={t("profiles.deleteName", { name: profile.name })}
                    onClick={() => setDeleted(profile)}
                  >
                    {t("common.delete")}
                  </button>
                )}
              </span>
            </div>
            {edited === profile.id && (
              <ProfileForm
                initial={profile}
                isMain={profile.id === MAIN_PROFILE}
                hasPin={list.hasPin}
                onSubmit={(draft) => save(profile.id, draft)}
                onCancel={() => setEdited(null)}
              />
            )}
          </li>
        ))}
      </ul>
      {isFull && <p class="soft">{t("profiles.full")}</p>}
      {!isFull && edited !== "" && (
        <div class="form-actions">
          <button type="button" class="button" onClick={() => setEdited("")}>
            {t("profiles.add")}
          </button>
        </div>
      )}
      {edited === "" && (
        <ProfileForm
          initial={NEW_PROFILE}
          isMain={false}
          hasPin={list.hasPin}
          onSubmit={(draft) => save(null, draft)}
          onCancel={() => setEdited(null)}
        />
      )}
      {deleted && (
        <ConfirmDialog
          title={t("profiles.deleteTitle", { name: deleted.name })}
          action={t("common.delete")}
          onConfirm={async () => {
            await removeProfile(deleted.id, pin);
            setDeleted(null);
            await onChanged();
          }}
          onCancel={() => setDeleted(null)}
        >
          <p>{t("profiles.deleteText")}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** The fields that may be changed: the holder's profile has neither a limit nor a child's design. */
function patchOf(id: string, draft: ProfileCreate): ProfilePatch {
  const { name, avatar, kids, maturityLimit, locked, siteLanguage, captionLanguage } = draft;
  return {
    ...{ name, avatar, locked, siteLanguage, captionLanguage },
    ...(id !== MAIN_PROFILE && { kids, maturityLimit }),
  };
}

function notesOf({ kids, maturityLimit, locked }: ViewerProfile): string {
  const limit =
    maturityLimit &&
    (maturityLimit === "all"
      ? t("profiles.limitAll")
      : t("profiles.limitAge", { age: maturityLimit }));
  return [kids && t("profiles.kids"), limit, locked && t("pin.title")].filter(Boolean).join(" · ");
}

interface PinProps {
  list: ProfileList;
  pin: string | undefined;
  onSet: (pin: string | null) => Promise<void>;
}

function PinSettings({ list, pin, onSet }: PinProps) {
  const [next, setNext] = useState("");
  const { run, busy, done, error, fieldErrors, reset } = useSubmit(
    async (chosen: string | null) => {
      await setPin(chosen, pin);
      setNext("");
      await onSet(chosen);
    },
  );
  return (
    <section class="settings-group" aria-labelledby="pin">
      <h2 id="pin">{t("pin.title")}</h2>
      <p>{t("pin.text")}</p>
      {!list.hasPin && <p class="soft">{t("pin.none")}</p>}
      <form
        class="form"
        onInput={reset}
        onSubmit={(event) => {
          event.preventDefault();
          run(next);
        }}
      >
        <PinField
          label={t("pin.new")}
          hint={t("pin.hint")}
          value={next}
          error={fieldErrors["pin"]}
          isNew
          onInput={setNext}
        />
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {list.hasPin ? t("pin.change") : t("pin.set")}
          </button>
          {list.hasPin && (
            <button type="button" class="button" disabled={busy} onClick={() => run(null)}>
              {t("pin.remove")}
            </button>
          )}
          <span role="status">{done ? t("pin.saved") : ""}</span>
        </div>
      </form>
    </section>
  );
}
