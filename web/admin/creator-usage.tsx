import { useState } from "preact/hooks";
import { CREATOR_ORDERS, type CreatorOrder } from "../../workers/contract/usage-names.ts";
import type { CreatorUsage } from "../../workers/contract/usage.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { Pager } from "../components/pager.tsx";
import { ErrorState } from "../components/states.tsx";
import { shownText, wholeNumber } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { listCreatorUsage } from "./operate-api.ts";

/** The creators with the highest usage. */
export function CreatorUsageList() {
  const [order, setOrder] = useState<CreatorOrder>("bytes");
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLoad(
    (signal) => listCreatorUsage(order, cursors.at(-1), signal),
    [order, cursors.at(-1)],
  );
  const { data, error } = page;
  return (
    <section class="admin-section" aria-labelledby="operate-creators" aria-busy={!data}>
      <div class="metrics-head">
        <h2 class="section-title" id="operate-creators">
          {t("operate.creators")}
        </h2>
        <label>
          {t("operate.sortBy")}{" "}
          <select
            class="input"
            value={order}
            onChange={({ currentTarget }) => {
              setOrder(currentTarget.value as CreatorOrder);
              setCursors([]);
            }}
          >
            {CREATOR_ORDERS.map((each) => (
              <option key={each} value={each}>
                {t(`operate.by.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error && !data && <ErrorState heading="h2" error={error} onRetry={page.reload} />}
      {data?.items.length === 0 && <p class="soft">{t("operate.noCreators")}</p>}
      {data && data.items.length > 0 && <CreatorTable items={data.items} />}
      {data && (
        <Pager
          cursors={cursors}
          next={data.nextCursor}
          onChange={setCursors}
          back={t("operate.previous")}
          forward={t("operate.next")}
        />
      )}
    </section>
  );
}

function CreatorTable({ items }: { items: readonly CreatorUsage[] }) {
  return (
    // It scrolls on a phone, so the keyboard has to be able to focus it.
    <div class="usage-table" tabIndex={0} role="region" aria-labelledby="operate-creators">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("operate.creator")}</th>
            <th scope="col">{t("operate.bytes")}</th>
            <th scope="col">{t("operate.videos")}</th>
            <th scope="col">{t("operate.encodeMinutes")}</th>
            <th scope="col">{t("operate.openBytes")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ creator, videos, bytes, openBytes, encodeMinutes }) => (
            <tr key={creator.id} data-creator={creator.id}>
              <th scope="row">
                {creator.name === "" ? (
                  t("operate.deletedCreator")
                ) : (
                  <a href={`/creator/${creator.id}`} dir="auto">
                    {shownText(creator.name, creator.id)}
                  </a>
                )}
              </th>
              <td>{byteSize(bytes)}</td>
              <td>{wholeNumber(videos)}</td>
              <td>{t("operate.minutesShort", { minutes: Math.round(encodeMinutes) })}</td>
              <td>{byteSize(openBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
