/** An error that no further attempt will mend. */
export class Hopeless extends Error {}
