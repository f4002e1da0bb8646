// Written by `npm run generate`. Do not edit: change the SQL and run it again.

/** Kept with each command and sent with each push: see sql/kernel/versions.sql. */
export const appVersion: number = 1;
