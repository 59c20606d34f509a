/** Who may watch a private video, in the studio. */
export const messages = {
  "ways.title": "Share privately",
  "ways.loading": "Loading who can watch",
  "ways.text":
    "Let some people watch this private video. It stays out of search, lists and feeds. Changes here are saved at once.",
  "ways.notPrivate":
    "This only applies while the video is private. Right now, anyone who finds it can watch it.",
  "ways.page": "Page link",
  "ways.embed": "Embed code",

  "ways.password": "Password",
  "ways.noPassword": "Anyone who knows the password can watch. None is set.",
  "ways.passwordSet":
    "Anyone who knows the password can watch. It was set {day}. Changing it stops playback for everyone who used it.",
  "ways.newPassword": "New password",
  "ways.passwordHint": "At least {count} characters. It cannot be shown again.",
  "ways.setPassword": "Set password",
  "ways.changePassword": "Change password",
  "ways.removePassword": "Remove password",

  "ways.links": "Links that expire",
  "ways.linksText": "Anyone with such a link can watch until it expires or you revoke it.",
  "ways.neverOpened": "Not opened yet",
  "ways.opened": "{count, plural, one {Opened once, {day}} other {Opened # times, last {day}}}",
  "ways.expires": "Expires {time}",
  "ways.expired": "Expired {time}",
  "ways.copyLink": "Copy the link for {name}",
  "ways.revokeLink": "Revoke the link for {name}",
  "ways.revoke": "Revoke",
  "ways.newLink": "New link",
  "ways.linkName": "Who it is for",
  "ways.linkNameHint": "Only you see this name.",
  "ways.expiresAt": "Expires at",
  "ways.createLink": "Create link",

  "ways.accounts": "Invited accounts",
  "ways.accountsText":
    "Only these people can watch, once they have signed in with a confirmed email address. Anyone without an account can create one.",
  "ways.neverWatched": "Has not watched yet",
  "ways.watched": "Last watched {day}",
  "ways.removeAccount": "Remove {email}",
  "ways.emails": "Email addresses",
  "ways.emailsHint": "One per line, at most 50 at a time",
  "ways.notify": "Email them the link",
  "ways.invite": "Invite",
} as const;
