import "./ruling.css";
import type { Ruling } from "../workers/contract/moderation.ts";
import { dayOf } from "./format.ts";
import { t } from "./i18n/translate.ts";
import { REASON_NAMES } from "./reason-names.ts";

/** A moderator's decision, with the appeal and its verdict. For pages with the catalogues `moderation` and `watch`. */
export function RulingText({ ruling }: { ruling: Ruling }) {
  const { action, reason, text, minRating, unlisted, createdAt, appeal, verdict } = ruling;
  return (
    <>
      <p>
        <strong>{t(`moderation.done.${action}`)}</strong>{" "}
        <span class="soft">
          {t(REASON_NAMES[reason])}, {dayOf(createdAt)}
        </span>
      </p>
      {minRating && <p>{t("moderation.limitRating", { rating: minRating })}</p>}
      {unlisted && <p>{t("moderation.limitUnlisted")}</p>}
      {text !== "" && <Words title={t("moderation.moderatorWrote")} text={text} />}
      {appeal && <Words title={t("moderation.creatorWrote")} text={appeal.text} />}
      {appeal && !verdict && <p class="soft">{t("moderation.appealWaits")}</p>}
      {verdict && (
        <p>
          <strong>{t(`moderation.verdict.${verdict.verdict}`)}</strong>{" "}
          <span class="soft">{dayOf(verdict.at)}</span>
        </p>
      )}
      {verdict && verdict.text !== "" && (
        <Words title={t("moderation.moderatorWrote")} text={verdict.text} />
      )}
    </>
  );
}

function Words({ title, text }: { title: string; text: string }) {
  return (
    <figure class="ruling-words">
      <figcaption class="label soft">{title}</figcaption>
      <blockquote dir="auto">{text}</blockquote>
    </figure>
  );
}
