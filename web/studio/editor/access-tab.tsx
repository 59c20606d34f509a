import type { Video } from "../../../workers/contract/videos.ts";
import { withMessages } from "../../i18n/load-messages.ts";
import { t } from "../../i18n/translate.ts";
import { lazyComponent } from "../../lazy-component.ts";
import { RulesFields } from "../playback-rules.tsx";
import { Share } from "../share.tsx";
import { VisibilityField } from "../video-fields.tsx";
import { ScheduleFields } from "./schedule-fields.tsx";
import type { TabProps } from "./tab-props.ts";

const AccessWays = lazyComponent(() =>
  withMessages("access", import("../access/access-ways.tsx")).then((module) => module.AccessWays),
);

/** The encryption can be chosen until the file is transcoded. */
export function isUntouched({ state }: Pick<Video, "state">): boolean {
  return state === "uploading" || state === "failed";
}

/** Who can watch a video, where, and whether they may download it. */
export function AccessTab({ video, draft, errors, onChange, onSubmit }: TabProps) {
  const { details, downloadsEnabled, encrypted, rules } = draft;
  return (
    <>
      <form class="form" noValidate aria-label={t("access.title")} onSubmit={onSubmit}>
        <VisibilityField
          value={details.visibility}
          error={errors["visibility"]}
          onChange={(visibility) => onChange({ details: { ...details, visibility } })}
        />
        <ScheduleFields draft={draft} errors={errors} onChange={onChange} />
        <div>
          <label class="check">
            <input
              type="checkbox"
              checked={downloadsEnabled}
              disabled={encrypted}
              onInput={(event) => onChange({ downloadsEnabled: event.currentTarget.checked })}
            />
            {t("details.downloads")}
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={encrypted}
              disabled={!isUntouched(video) || downloadsEnabled}
              onInput={(event) => onChange({ encrypted: event.currentTarget.checked })}
            />
            {t("details.encrypt")}
          </label>
        </div>
        <section class="form" aria-labelledby="rules">
          <h2 class="section-title" id="rules">
            {t("rules.title")}
          </h2>
          <RulesFields
            draft={rules}
            errors={errors}
            onChange={(change) => onChange({ rules: { ...rules, ...change } })}
          />
        </section>
      </form>
      <AccessWays video={video} />
      <Share video={video} />
    </>
  );
}
