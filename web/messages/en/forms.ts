/** What forms say about their fields. */
export const messages = {
  "field.empty": "Fill in this field.",
  "field.choose": "Choose at least one.",
  "field.atLeast": "Use at least {count, plural, one {# character} other {# characters}}.",
  "field.atMost": "Use at most {count, plural, one {# character} other {# characters}}.",
  "field.exactly": "Use {count, plural, one {# character} other {# characters}}.",
  "field.entries": "Use at most {count, plural, one {# entry} other {# entries}}.",
  "field.orMore": "Use {limit, number} or more.",
  "field.orLess": "Use {limit, number} or less.",
  "field.invalid": "This is not valid.",

  "rule.noPermission": "Choose at least one permission.",
  "rule.redirectUri":
    "Use an https address, an http address of this computer, or one with the scheme of an app, such as com.example.app:/done.",
  "rule.redirectParts": "Leave out fragment, user name and wildcard.",
  "rule.onlyConfidential": "Only a confidential app can act as your account.",
  "rule.needsRedirect": "An app that signs people in needs a redirect URI.",
  "rule.languageCode": "Use a language code, such as en or pt-BR.",
  "rule.countryCodes": "Use country codes of two letters, such as DE.",
  "rule.origin": "Use the origin of a site, such as https://example.com.",
  "rule.addressRanges": "Use ranges of addresses, such as 203.0.113.0/24.",
  "rule.keyKind": "Use a JSON Web Key of the kind Ed25519 or RSA.",
  "rule.publicMembers":
    "Use only the members of a public key: kty and crv with x, or kty and n with e.",
  "rule.keyLength": "The key is cut off: x has 43 characters in Ed25519 keys.",
  "rule.keyBits": "Use a key with at least 2048 bits.",
  "rule.keyExponent": "Use a key with a usual exponent in e.",
  "rule.keyText": "Use base64url.",
  "rule.lineBreaks": "Leave out line breaks and control characters.",
  "rule.controlCharacters": "Leave out control characters, except line breaks.",
  "rule.visible": "Use characters that can be seen.",
} as const;
