import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { ManagedAccount } from "../../workers/contract/account-admin.ts";
import type { Role } from "../../workers/contract/accounts.ts";
import { ROLES } from "../../workers/contract/scopes.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { FilterSelect } from "../components/filter-controls.tsx";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { dayOf, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { AccountDetails } from "./account-details.tsx";
import { listAccounts } from "./accounts-api.ts";
import { Invitations } from "./invitations.tsx";

const STATUSES = ["active", "suspended"] as const;

type Filters = Record<"q" | "role" | "status", string>;

/** The list's filters in the address. Unknown values are ignored. */
function filtersIn(query: Record<string, string>): Filters {
  const known = (value: string | undefined, values: readonly string[]) =>
    value !== undefined && values.includes(value) ? value : "";
  return {
    q: (query["q"] ?? "").trim(),
    role: known(query["role"], ROLES),
    status: known(query["status"], STATUSES),
  };
}

function addressOf(filters: Filters): string {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
  return query.size > 0 ? `/admin/accounts?${query}` : "/admin/accounts";
}

/** The accounts of the site, or one of them: the address says which. */
export function Accounts() {
  const { query } = useLocation();
  if (query["id"]) return <AccountDetails key={query["id"]} id={query["id"]} />;
  return (
    <>
      <AccountList />
      <Invitations />
    </>
  );
}

function AccountList() {
  const { query, route } = useLocation();
  const filters = filtersIn(query);
  const address = addressOf(filters);
  const [known, setKnown] = useState<{ address: string; cursors: string[] } | null>(null);
  const cursors = known?.address === address ? known.cursors : [];
  const cursor = cursors.at(-1);
  const page = useLoad(
    (signal) =>
      listAccounts(
        {
          ...(filters.q && { q: filters.q }),
          ...(filters.role && { role: filters.role as Role }),
          ...(filters.status && { status: filters.status as (typeof STATUSES)[number] }),
          ...(cursor && { cursor }),
        },
        signal,
      ),
    [address, cursor],
  );
  const change = (changed: Partial<Filters>) => route(addressOf({ ...filters, ...changed }));
  const { data, error } = page;
  return (
    <section
      class={`admin-section ${data || error ? "" : "admin-loading"}`}
      aria-labelledby="admin-accounts"
      aria-busy={page.loading}
    >
      <h2 class="section-title" id="admin-accounts">
        {t("admin.accounts")}
      </h2>
      <SearchForm key={filters.q} words={filters.q} onSearch={(q) => change({ q })} />
      <div class="filters">
        <FilterSelect
          label={t("admin.role")}
          value={filters.role}
          any={t("admin.anyRole")}
          options={ROLES.map((role) => [role, t(`admin.role.${role}`)])}
          onChange={(role) => change({ role })}
        />
        <FilterSelect
          label={t("admin.status")}
          value={filters.status}
          any={t("admin.anyStatus")}
          options={STATUSES.map((status) => [status, t(`admin.status.${status}`)])}
          onChange={(status) => change({ status })}
        />
      </div>
      {error && !data && <ErrorState heading="h2" error={error} onRetry={page.reload} />}
      {!data && !error && <p role="status">{t("admin.asking")}</p>}
      {data?.items.length === 0 && (
        <EmptyState heading="h2" title={t("admin.noAccounts")}>
          {t("admin.noAccountsText")}
        </EmptyState>
      )}
      <ul>
        {data?.items.map((account) => (
          <AccountItem key={account.id} account={account} />
        ))}
      </ul>
      {data && (
        <Pager
          cursors={cursors}
          next={data.nextCursor}
          onChange={(changed) => setKnown({ address, cursors: changed })}
        />
      )}
    </section>
  );
}

function SearchForm({ words, onSearch }: { words: string; onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  return (
    <form
      class="copy"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <input
        class="input"
        type="search"
        aria-label={t("admin.searchAccounts")}
        placeholder={t("admin.searchAccounts")}
        maxLength={254}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {t("admin.find")}
      </button>
    </form>
  );
}

function AccountItem({ account }: { account: ManagedAccount }) {
  const { id, name, email, role, suspension, usage, createdAt } = account;
  return (
    <li class="admin-item">
      <p class="admin-item-head">
        <a href={`/admin/accounts?id=${id}`} dir="auto">
          {shownText(name, email)}
        </a>
        <span class={`badge ${role === "viewer" ? "" : "badge-good"}`}>
          {t(`admin.role.${role}`)}
        </span>
        {suspension && <span class="badge badge-bad">{t("admin.status.suspended")}</span>}
      </p>
      <p class="admin-facts">
        <span dir="auto">{email}</span>
        <span>{t("admin.accountVideos", { count: usage.videos })}</span>
        <span>{byteSize(usage.bytes)}</span>
        <span>{t("admin.joined", { day: dayOf(createdAt) })}</span>
      </p>
    </li>
  );
}
