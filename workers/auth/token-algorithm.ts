/** The one algorithm that our access tokens are signed with, and the only one that is accepted. */
export const TOKEN_ALGORITHM = "ES256";
