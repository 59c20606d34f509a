/** The audit log, for admins. */
export const messages = {
  "audit.title": "Audit log",
  "audit.text":
    "Actions by the people who run this site, and every change to how accounts can be accessed. Entries cannot be changed, or deleted before they expire.",
  "audit.action": "Action",
  "audit.actor": "Account id or email",
  "audit.target": "Target id",
  "audit.since": "From",
  "audit.until": "To",
  "audit.search": "Search",
  "audit.csv": "Export CSV",
  "audit.jsonl": "Export JSON lines",
  "audit.verify": "Check the chain",
  "audit.sound":
    "{count, plural, one {# entry is} other {# entries are}} unchanged. Newest hash: {hash}",
  "audit.broken.changed": "Entry {seq} was changed after it was written.",
  "audit.broken.unlinked":
    "Entry {seq} does not follow the previous one: one of them was replaced.",
  "audit.broken.missing": "Entries before {seq} are missing.",
  "audit.none": "Nothing found",
  "audit.noneText": "No entries match. Try fewer filters.",
  "audit.nobody": "No account",
  "audit.command": "An operator’s command",
  "audit.from": "from {address}",
  "audit.details": "Details",
  "audit.detailsName": "Details of entry {seq}",
  "audit.before": "Before",
  "audit.after": "After",
  "audit.request": "Request {id}",
  "audit.hash": "Hash {hash}",
} as const;
