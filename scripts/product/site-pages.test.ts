import { expect, test } from "vitest";
import {
  ADMIN_SECTIONS,
  SETTINGS_SECTIONS,
  SITE_PATHS,
  VIDEO_SECTIONS,
} from "../../web/site-paths.ts";
import { otherPages, sitePages } from "./site-pages.ts";

/** Whether an address matches a path with parameters. */
function isAt(path: string, address: string): boolean {
  const pattern = path.replace("/:section?", "").replaceAll(/:\w+/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(address);
}

test("the accessibility tests visit every page of the site and every section of a page", () => {
  const pages = [
    ...sitePages({ id: "VIDEO", creatorId: "CREATOR" }, "sea"),
    ...otherPages({ playlist: "LIST", series: "SERIES" }),
  ];
  const addresses = pages.map(({ path }) => path.split("?")[0] ?? "");
  const wanted = [
    ...SITE_PATHS,
    ...SETTINGS_SECTIONS.map((section) => `/settings/${section}`),
    ...ADMIN_SECTIONS.map((section) => `/admin/${section}`),
    ...VIDEO_SECTIONS.map((section) => `/studio/VIDEO/${section}`),
  ];
  const unseen = wanted.filter((path) => !addresses.some((address) => isAt(path, address)));
  expect(unseen).toEqual([]);
});
