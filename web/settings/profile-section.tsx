import "./profile-section.css";
import { useState } from "preact/hooks";
import { CREATOR_IMAGE_LIMITS, MAX_CREATOR_LINKS } from "../../workers/contract/creator-limits.ts";
import type { Creator, CreatorImageKind } from "../../workers/contract/creators.ts";
import { creatorAddress } from "../addresses.ts";
import { deleteProfileImage, getProfile, putProfileImage, updateProfile } from "../api.ts";
import type { SessionAccount } from "../auth-api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { scaledImage } from "../components/scaled-image.ts";

const ADDRESS_START = "https://";

/** A creator's public profile: images, text and links. */
export function ProfileSection({ account }: { account: SessionAccount }) {
  const profile = useLoad(getProfile, [account.id]);
  if (profile.error)
    return <ErrorState heading="h2" error={profile.error} onRetry={profile.reload} />;
  if (!profile.data)
    return <div role="status" aria-busy="true" aria-label={t("profile.loading")} />;
  return (
    <>
      <section class="settings-group">
        <h2>{t("profile.images")}</h2>
        <ProfileImage
          kind="avatar"
          label={t("profile.picture")}
          profile={profile.data}
          onChange={profile.set}
        />
        <ProfileImage
          kind="banner"
          label={t("profile.banner")}
          profile={profile.data}
          onChange={profile.set}
        />
      </section>
      <section class="settings-group">
        <h2>{t("profile.aboutYou")}</h2>
        <ProfileForm profile={profile.data} />
        <p>
          <a href={creatorAddress(account.id)}>{t("profile.see")}</a>
        </p>
      </section>
    </>
  );
}

interface ImageProps {
  kind: CreatorImageKind;
  label: string;
  profile: Creator;
  onChange: (profile: Creator) => void;
}

function ProfileImage({ kind, label, profile, onChange }: ImageProps) {
  const { width, height } = CREATOR_IMAGE_LIMITS[kind];
  const replace = useSubmit(async (file: File) =>
    onChange(await putProfileImage(kind, await scaledImage(file, { width, height }))),
  );
  const remove = useSubmit(async () => {
    await deleteProfileImage(kind);
    onChange({ ...profile, [kind]: null });
  });
  const busy = replace.busy || remove.busy;
  const url = profile[kind];
  return (
    <div class="profile-image">
      {url ? (
        <img class={`profile-image-${kind}`} src={url} alt="" width={width} height={height} />
      ) : (
        <div class={`profile-image-${kind} profile-empty`} aria-hidden="true" />
      )}
      <Field
        label={label}
        hint={t("profile.imageHint", { width: String(width), height: String(height) })}
      >
        {(ids) => (
          <input
            {...ids}
            type="file"
            accept="image/*"
            disabled={busy}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) replace.run(file);
              event.currentTarget.value = "";
            }}
          />
        )}
      </Field>
      {url && (
        <div>
          <button
            type="button"
            class="button button-small button-danger"
            disabled={busy}
            onClick={() => remove.run()}
          >
            {kind === "avatar" ? t("profile.removePicture") : t("profile.removeBanner")}
          </button>
        </div>
      )}
      <p role="status">{replace.busy ? t("profile.saving") : ""}</p>
      <FormError error={replace.error ?? remove.error} />
    </div>
  );
}

function ProfileForm({ profile }: { profile: Creator }) {
  const [about, setAbout] = useState(profile.about);
  const [links, setLinks] = useState(profile.links);
  const { submit, reset, busy, done, error, fieldErrors } = useSubmit(() =>
    // An added line that was left empty is ignored.
    updateProfile({ about, links: links.filter(({ title, url }) => title || url) }),
  );
  function change(index: number, part: Partial<Creator["links"][number]>): void {
    setLinks(links.map((link, at) => (at === index ? { ...link, ...part } : link)));
  }
  return (
    <form class="form" onSubmit={submit} onInput={reset}>
      <Field label={t("profile.about")} error={fieldErrors["about"]}>
        {(ids) => (
          <textarea
            class="input"
            dir="auto"
            maxLength={2000}
            rows={6}
            {...ids}
            value={about}
            onInput={(event) => setAbout(event.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="checks">
        <legend class="field-label">{t("profile.links")}</legend>
        {links.map((link, index) => (
          <div class="profile-link" key={index}>
            <TextField
              label={t("profile.linkTitle", { number: index + 1 })}
              maxLength={60}
              value={link.title}
              error={fieldErrors[`links.${index}.title`]}
              onInput={(title) => change(index, { title })}
            />
            <TextField
              label={t("profile.linkAddress", { number: index + 1 })}
              type="url"
              maxLength={300}
              placeholder={ADDRESS_START}
              value={link.url}
              error={fieldErrors[`links.${index}.url`]}
              onInput={(url) => change(index, { url })}
            />
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("profile.removeLink", { number: index + 1 })}
              onClick={() => {
                reset();
                setLinks(links.filter((_, at) => at !== index));
              }}
            >
              {t("common.remove")}
            </button>
          </div>
        ))}
        {links.length < MAX_CREATOR_LINKS && (
          <div>
            <button
              type="button"
              class="button button-small"
              onClick={() => {
                reset();
                setLinks([...links, { title: "", url: "" }]);
              }}
            >
              {t("profile.addLink")}
            </button>
          </div>
        )}
      </fieldset>
      <FormError error={error} />
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy}>
          {t("common.save")}
        </button>
        <SavedStatus saved={done} />
      </div>
    </form>
  );
}
