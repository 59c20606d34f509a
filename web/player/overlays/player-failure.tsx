import { useEffect } from "preact/hooks";
import { STAYS } from "./feedback.tsx";
import { LOAD_FAILURE, NETWORK_FAILURE } from "../stream/media-source.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";

/** Failures that end when the connection is back. */
const CURED_BY_CONNECTION: readonly PlainKey[] = [LOAD_FAILURE, NETWORK_FAILURE];

interface Props {
  message: PlainKey;
  onRetry: () => void;
}

/** Shows why the video does not play, in its place. It retries automatically when the network is back. */
export function PlayerFailure({ message, onRetry }: Props) {
  useEffect(() => {
    if (!CURED_BY_CONNECTION.includes(message)) return;
    addEventListener("online", onRetry);
    return () => removeEventListener("online", onRetry);
  }, [message, onRetry]);
  return (
    <div {...STAYS} class="player-failure" role="alert">
      <p>{t(message)}</p>
      <button type="button" class="button button-signal" onClick={onRetry}>
        {t("common.tryAgain")}
      </button>
    </div>
  );
}
