import { t } from "../i18n/translate.ts";
import { loadSite } from "../load-site.ts";
import { useLoad } from "../use-load.ts";

/** Links to the site's legal pages. Its name and appearance are loaded with them. */
export function SiteLinks() {
  const { data } = useLoad(() => loadSite(), []);
  if (!data || data.legal.length === 0) return null;
  return (
    <ul class="footer-legal">
      {data.legal.map((page) => (
        <li key={page}>
          <a href={`/legal/${page}`}>{t(`legal.${page}`)}</a>
        </li>
      ))}
    </ul>
  );
}
