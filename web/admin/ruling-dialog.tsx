import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { MATURITY_RATINGS, type MaturityRating } from "../../workers/contract/maturity-ratings.ts";
import { REPORT_REASONS } from "../../workers/contract/report-reasons.ts";
import type { ReportReason } from "../../workers/contract/reports.ts";
import { RULING_ACTIONS, type RulingAction } from "../../workers/contract/ruling-actions.ts";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { REASON_NAMES } from "../reason-names.ts";
import { useSubmit } from "../use-submit.ts";
import { rejectVideo, ruleOnVideo } from "./moderation-api.ts";

type Rating = Exclude<MaturityRating, "all">;

const RATINGS = MATURITY_RATINGS.filter((rating): rating is Rating => rating !== "all");
const ACTIONS = RULING_ACTIONS.filter((action) => action !== "reject");

interface Props {
  videoId: string;
  title: string;
  /** The reason of the report that led here. */
  reason?: ReportReason;
  /** A video that waits for its review can only be rejected. */
  isReview?: boolean;
  onClose: () => void;
  onDone: () => void;
}

/** Decides about a video, with a reason for its creator. */
export function RulingDialog({
  videoId,
  title,
  isReview = false,
  onClose,
  onDone,
  ...given
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [action, setAction] = useState<Exclude<RulingAction, "reject">>("hide");
  const [reason, setReason] = useState<ReportReason>(given.reason ?? "other");
  const [text, setText] = useState("");
  const [minRating, setMinRating] = useState<Rating | "">("");
  const [unlisted, setUnlisted] = useState(false);
  const [banSource, setBanSource] = useState(false);
  const isMessage = action === "message" && !isReview;
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    const isRestriction = action === "restrict";
    if (isReview) await rejectVideo(videoId, reason, text);
    else
      await ruleOnVideo(videoId, {
        ...{ action, reason, text },
        ...(isRestriction && minRating !== "" && { minRating }),
        unlisted: isRestriction && unlisted,
        banSource: banSource && (action === "hide" || action === "delete"),
      });
    onDone();
  });
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="ruling" onClose={onClose}>
      <h2 id="ruling" dir="auto">
        {t(isReview ? "moderation.rejectTitle" : "moderation.decideTitle", { title })}
      </h2>
      <form class="form" onSubmit={submit}>
        {!isReview && (
          <Field label={t("moderation.action")}>
            {(ids) => (
              <select
                {...ids}
                class="input"
                value={action}
                onInput={(event) => setAction(event.currentTarget.value as typeof action)}
              >
                {ACTIONS.map((value) => (
                  <option key={value} value={value}>
                    {t(`moderation.action.${value}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {action === "restrict" && !isReview && (
          <>
            <Field label={t("moderation.minRating")} error={fieldErrors["minRating"]}>
              {(ids) => (
                <select
                  {...ids}
                  class="input"
                  required={!unlisted}
                  value={minRating}
                  onInput={(event) => setMinRating(event.currentTarget.value as Rating | "")}
                >
                  <option value="">{t("moderation.anyRating")}</option>
                  {RATINGS.map((value) => (
                    <option key={value} value={value}>
                      {t("moderation.fromAge", { rating: value })}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <label class="check">
              <input
                type="checkbox"
                checked={unlisted}
                onInput={(event) => setUnlisted(event.currentTarget.checked)}
              />
              {t("moderation.unlisted")}
            </label>
          </>
        )}
        <Field label={t("moderation.reason")}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value as ReportReason)}
            >
              {REPORT_REASONS.map((value) => (
                <option key={value} value={value}>
                  {t(REASON_NAMES[value])}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label={t(isMessage ? "moderation.messageToCreator" : "moderation.toCreator")}
          error={fieldErrors["text"]}
        >
          {(ids) => (
            <textarea
              {...ids}
              class="input"
              required={isMessage}
              dir="auto"
              maxLength={1000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {(action === "hide" || action === "delete") && !isReview && (
          <label class="check">
            <input
              type="checkbox"
              checked={banSource}
              onInput={(event) => setBanSource(event.currentTarget.checked)}
            />
            {t("moderation.banSource")}
          </label>
        )}
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-danger" disabled={busy}>
            {t("moderation.decide")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t("common.cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
