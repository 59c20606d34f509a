/** Videos that one request may edit: few enough for one transaction of the catalogue. */
export const MAX_BULK_VIDEOS = 100;
