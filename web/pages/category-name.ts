import { CATEGORIES } from "../../workers/contract/category.ts";

/** A category's name for people; the slug itself where it is not known. */
export const categoryName = (slug: string): string =>
  CATEGORIES.find((category) => category.slug === slug)?.name ?? slug;
