/** In place of a private video, for viewers who have to prove that they may watch it. */
export const messages = {
  "locked.title": "This video is private",
  "locked.password": "Video password",
  "locked.watch": "Watch",
  "locked.invited": "Only invited accounts can watch it. Sign in with the invited address.",
  "locked.signIn": "Sign in with an invited account",
  "locked.signedInAs":
    "You are signed in as {email}. If another of your addresses was invited, sign in with that one.",
  "locked.unconfirmed":
    "Your address {email} is not confirmed. If it was invited, <link>confirm it</link> first.",
  "locked.premiere": "Premiere",
  "locked.left": "Time until it starts",
  "locked.daysLeft": "{count, plural, one {{days} day} other {{days} days}}, {rest}",
  "locked.startsNow": "Starting…",
  "locked.startsAt": "Starts {time}",
  "locked.by": "By <link>{name}</link>",
  "locked.someone": "its creator",
  "locked.notify":
    "Follow {name} to be notified when it starts. The video starts on this page automatically.",
  "locked.wrongPassword": "Wrong password.",
  "locked.paused": "Too many wrong passwords. Try again later.",
  "locked.linkEnded":
    "This link has expired or was revoked. Ask the person who sent it for a new one.",
  "locked.gone": "This video does not exist, or is no longer shared.",
} as const;
