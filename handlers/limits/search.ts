/** The bounds of searching, the unit last in the name. */
export const searchLimits = {
  /** A search as it is typed, and what is found at once. */
  searchChars: 300,
  searchTerms: 20,
  searchResults: 20,
  /** Around what was found, in characters. */
  excerptChars: 240,
  excerptMarks: 20,
  /** Those that were found last, the best of which are the best. */
  searchRanked: 300,
  /** Messages that are looked through one by one, from the newest on, for a word that many have. */
  searchWalked: 20_000,
  /** Rooms that are searched at once, those with the most talk if one sees more. */
  searchedRooms: 5_000,
  /** Words with a part of theirs, in place of a word that few messages have, and how long a part is. */
  searchParts: 40,
  searchPartChars: 3,
  /** Statements for searching that may be under way in an instance, and for how long each. */
  searchConnections: 3,
  searchMs: 2_000,
  /** Searches of one person, or of guests of one place, that may wait for each other. */
  searchesWaiting: 24,
  /** How often it is looked for what was said; what of the time that may take, one part in so many, and what
   * while people write. */
  searchBehindMs: 500,
  searchShare: 3,
  searchShareBusy: 10,
  /** How often all rooms are looked at, for what another instance has left. */
  searchAllMs: 60_000,
  /** Rooms and events of each that are brought in at once; words that are kept to be found by parts. */
  searchRooms: 10,
  searchEvents: 500,
  searchWordChars: 40,
  /** Words that are looked at at once, whether any message has them still. */
  searchSwept: 500,
} as const
