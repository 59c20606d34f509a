import { stemOf } from "./stem.ts";
import { tokenize } from "./text.ts";

/**
 * Words that popular searches never show, because every visitor sees the list. People can still search for them. A site
 * adds its own with `BLOCKED_SEARCH_WORDS`.
 */
const BLOCKED_BY_DEFAULT = `
  anal arsehole asshole bastard bitch blowjob bollocks boob bukkake bullshit cock cocksucker creampie cum cumshot cunt
  deepthroat dick dildo dyke ejaculate fag faggot fetish fuck fucker gangbang hentai hooker incest jizz kike masturbate milf
  motherfucker nazi nigga nigger nude orgasm orgy paki penis pornhub porn porno pornography pussy rape rapist retard sex
  shit shitty slut spic tits titties tranny twat vagina wank wanker wetback whore xhamster xvideos xxx
`;

/** Words that the operator has blocked, for titles and descriptions too. @param own separated by spaces */
export function siteBlockedWords(own: string): ReadonlySet<string> {
  return new Set(tokenize(own).map(({ text }) => stemOf(text)));
}

/** Words that are blocked here, in the form that `hasBlockedWord` compares. @param more separated by spaces */
export function blockedWords(more: string): ReadonlySet<string> {
  return new Set(tokenize(`${BLOCKED_BY_DEFAULT} ${more}`).map(({ text }) => stemOf(text)));
}

/** Whether a word of a folded query, in any of its forms, is blocked. Parts of words do not count (Scunthorpe). */
export function hasBlockedWord(query: string, blocked: ReadonlySet<string>): boolean {
  return query.split(" ").some((word) => blocked.has(stemOf(word)));
}
