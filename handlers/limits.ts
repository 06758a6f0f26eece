import { fileLimits } from './limits/files.ts'
import { searchLimits } from './limits/search.ts'

/**
 * Every bound of the system in one place, the unit last in the name.
 * Those that an operator may want to change are read from the environment in `config.ts`.
 */
export const limits = {
  ...fileLimits,
  ...searchLimits,

  /** Characters (code points, as PostgreSQL counts them). */
  messageChars: 10_000,
  /** What is nested deeper, or a table that has more cells, is shown as it was typed. */
  markdownLevels: 20,
  tableCells: 2_000,
  /** Longer code, or code with a longer line or word, has no colours. */
  highlightedChars: 4_000,
  highlightedLineChars: 200,
  highlightedWordChars: 50,
  /** Texts and their HTML that an instance keeps, so that a message is rendered once for all readers. */
  renderedChars: 4 * 1024 * 1024,
  nameChars: 40,
  topicChars: 250,
  roomNameChars: 60,
  slugChars: 60,
  nonceChars: 128,
  clientChars: 64,
  /** Of what a message answers, as it is shown above the answer. */
  quoteChars: 140,
  /** Older versions of an edited message that are kept. */
  keptEdits: 100,
  /** So long whoever deleted a message may bring it back; some time later its text is gone for good. */
  undoSeconds: 60,
  emptiedSeconds: 600,
  /** Different ones. */
  reactionsOfMessage: 20,
  /** Who give the same one. */
  reactionPeople: 500,
  reactionChars: 40,
  pinsOfRoom: 100,
  /** Of one person, and of one page. */
  savedMessages: 1_000,
  listedSaved: 50,
  /** Words that a name may have where somebody is named, and names and rooms that a text may name. */
  nameWords: 5,
  namedCandidates: 100,
  /** People of one name that are meant together, and people that one text names. */
  namesakes: 10,
  namedPeople: 50,

  /** A form percent-encodes each byte threefold and JSON may escape each character twelvefold. */
  bodyBytes: 256 * 1024,

  pageMessages: 200,
  pageMessagesDefault: 50,
  /** Texts of one answer, all together, on either side of where it begins. */
  pageChars: 512 * 1024,
  /** Lookups of who asks for which room that go into one statement, and statements at once. */
  entriesAtOnce: 500,
  entryStatements: 2,
  /**
   * So long a migration waits for a table's lock, with others behind it, who wait for `lockMs`
   * themselves; and for the next try.
   */
  migrateLockMs: 400,
  migrateAgainMs: 5_000,
  /** Rooms listed at once, the liveliest; the list is paged by nothing yet, so it is cut here. */
  listedRooms: 500,
  /** So many new rooms without a message are listed as if something had been said when they were made. */
  listedEmptyRooms: 50,
  /** Unread messages of a room are counted up to here, and so many messages looked at for that. */
  unreadCounted: 100,
  unreadLookedAt: 200,
  /** How far people have read is written so often, so many markers in a statement; so many wait for it. */
  readsWrittenMs: 3_000,
  readsAtOnce: 2_000,
  readsNoted: 50_000,
  /** What was read within this after a marker was set back may have been read before. */
  readsLateMs: 1_000,

  /** What is held is compressed from this size on, once for all who get it. */
  zipBytes: 512,

  waitSeconds: 25,
  /** A browser gives up a post after that, and sends it again with its nonce. */
  postTimeoutMs: 10_000,
  /** Longer than the wait and the server's own delays, shorter than the proxies' patience. */
  clientTimeoutMs: 40_000,
  /** Waits that one instance holds; over it a wait is answered at once. */
  waitsPerInstance: 20_000,
  /** Connections not yet accepted: all who waited come back at once after a restart. */
  backlog: 4096,
  /** Rooms whose head an instance remembers although nobody waits in them. */
  rememberedRooms: 10_000,
  /** Markers of people that moved, for those who ask again a little later. */
  rememberedMarkers: 20_000,
  /** Rooms whose newest events an instance keeps although nobody waits in them. */
  keptRooms: 100,
  /** The newest events of a room that an instance keeps: at least a whole page of them. */
  ringEvents: 256,
  ringChars: 512 * 1024,
  /** Answers of a room that are kept for others who ask for the same, and what is made of all rooms'. */
  keptBatches: 64,
  madeBytes: 32 * 1024 * 1024,
  /** How exact the end of a wait is. */
  wheelSpanMs: 250,
  /** Those who waited are answered in slices, so that others have their turn in between. */
  releaseSliceMs: 2,
  /** A stream shows that it lives so often, and ends after so long; its client comes back. */
  heartbeatMs: 5_000,
  streamMs: 600_000,
  /** Where a stream ends, or its connection, the client waits so long before it comes back. */
  streamRetryMs: 2_000,
  /** What a reader may leave unread, beside what is told just now, before the stream is cut. */
  streamUnreadBytes: 1024 * 1024,
  /** So long a reader who catches up may take for one page. */
  streamDrainMs: 60_000,
  /** A stopping instance answers those who wait by and by, at most over this time. */
  stopSpreadMs: 2_000,
  stopTurnMs: 50,

  /** So long is believed what is remembered of people, after the server's log was last at its end. */
  trustMs: 3_000,
  /** What is remembered and not asked for any more in so long is not kept true by the sweep. */
  knownIdleMs: 60_000,
  /** People, each with a room that they may see, that an instance remembers: so many, twice over. */
  knownPeople: 20_000,

  /** People whose sessions ended last, whose requests may be on their way still. */
  endedPeople: 10_000,

  sweepMs: 1_000,
  /** Rooms that move are gathered so long for those who have another one open. */
  headsGatherMs: 300,
  /** Events of the server's log that are read at once. */
  serverLogEvents: 500,
  watchdogMs: 5_000,
  /** Rings of the watchdog that may go unheard before it connects anew. */
  watchdogUnheard: 2,
  /** From one notification of an instance to its next, at the least. */
  doorbellGatherMs: 5,
  doorbellGoodbyeMs: 1_000,
  /** PostgreSQL takes less than 8,000. */
  doorbellPayloadBytes: 7_900,
  /** Rooms that one notification may name; more are "everything". */
  doorbellRooms: 2_000,
  /** A poll's next answer holds the room's hints of the last while, so many at the most. */
  hintMs: 10_000,
  hintsKept: 20,
  /** One hint, as it is sent. */
  hintBytes: 1_000,
  /** That somebody types or is here is announced so often at the most, and believed for so long. */
  hintApartMs: 20_000,
  hintGoneMs: 45_000,
  /** How soon it is seen that somebody has come. */
  presenceLookMs: 1_000,
  /** People of a room that are announced at an instance; where more have it open nobody is. */
  presencePeople: 50,
  /** In a room where more wait at an instance nobody is told of anything but its log. */
  hintedWaits: 200,
  /** Rooms whose people are remembered, and people who have just typed. */
  presenceRooms: 10_000,
  typistsKept: 10_000,
  /** How often a bell without LISTEN looks. */
  pollingMs: 300,
  reconnectMsMin: 100,
  reconnectMsMax: 5_000,

  /** Changes of rooms' logs that one transaction stores, and characters of text in it. */
  batchChanges: 512,
  batchChars: 512 * 1024,
  /** Changes that an instance has taken and not yet stored or refused, and their characters. */
  queuedChanges: 8_192,
  queuedChars: 16 * 1024 * 1024,
  /** Transactions at once, each for rooms of its own. */
  writeLanes: 2,
  /** Rooms whose lock does not come that may have a transaction of their own, beside the lanes. */
  stuckRooms: 2,
  /** How long a batch waits for its rooms' locks, and one that is tried again room by room. */
  lockMs: 1_000,
  roomLockMs: 50,

  commitMs: 5_000,
  connectMs: 3_000,
  statementMs: 5_000,
  poolConnections: 7,
  /** With the spread before it, it leaves a second to store and ring for what was taken. */
  drainMs: 6_500,
  /** Longer than the proxy keeps an idle connection (nginx/templates/upstream.conf.template). */
  idleMs: 1_500,
  /** Whatever still holds on: the process ends. */
  exitMs: 9_500,
  retryAfterSeconds: 2,

  passwordCharsMin: 8,
  passwordCharsMax: 200,
  /** The binary logarithm of scrypt's N: 32 MiB and a quarter of a second for each password. */
  passwordCost: 15,
  /** Passwords that are looked at at once, and that wait to be. */
  passwordsAtOnce: 2,
  passwordsWaiting: 40,
  /** Tries to sign in to one account, and the time after which there are as many again. */
  signIns: 10,
  signInsSeconds: 300,

  /** So long an address may be barred from making new guests. */
  barredDays: 7,
  /** Accounts that a browser is remembered to have been signed in to. */
  deviceAccounts: 5,
  /** The same from one address: a school may be one. */
  signInsFromAddress: 200,
  /** Made known from one address in an hour. */
  guestsPerHour: 3_000,
  accountsPerHour: 1_000,
  /** Made by one person in an hour. */
  roomsPerHour: 600,
  linksPerHour: 600,
  reportsPerHour: 60,
  /** Of one person. */
  passkeys: 20,
  /** From WebAuthn, "Credential ID": https://www.w3.org/TR/webauthn-3/#credential-id */
  credentialIdBytesMin: 16,
  credentialIdBytesMax: 1023,
  /** The longest that we ask for, RSA's, has a few hundred. */
  credentialKeyBytes: 2048,
  /** So long one has to answer with a passkey; some that were not answered go with each new one. */
  challengeSeconds: 300,
  challengesSwept: 100,
  /** What somebody is known by elsewhere: OpenID Connect's own bound, and a header's. */
  subjectChars: 255,
  loginHeaderChars: 200,
  /** Names that are tried, each with a number, for who comes from elsewhere; and how often anew. */
  numberedNames: 50,
  identityTries: 5,
  /** How long a sign-in may take at the provider. */
  attemptSeconds: 600,
  /** For each question to the provider; those that may be under way; how long what it says of itself holds. */
  providerMs: 10_000,
  providerAtOnce: 50,
  providerKnownMs: 3_600_000,
  /** Links that let somebody in once: the one that each start prints while nobody owns the server, and all others. */
  firstOwnerLinkSeconds: 7 * 24 * 3600,
  entryLinkSeconds: 24 * 3600,

  tokensPerPerson: 50,
  tokenNameChars: 40,
  tokenSecondsMin: 3600,
  tokenSecondsMax: 400 * 24 * 3600,
  tokenSecondsDefault: 90 * 24 * 3600,
  /** Of somebody's devices those that were used last are listed, and so many people at once. */
  listedDevices: 200,
  listedPeople: 50,
  /** What was used is written so often, where the last time is as old as this; so many at once. */
  usesWrittenMs: 60_000,
  usesApartSeconds: 600,
  usesNoted: 20_000,

  /** Browsers cut longer ones to 400 days. */
  sessionSeconds: 400 * 24 * 3600,

  /** Links of a room, people that one lets in, and for how long. */
  linksOfRoom: 100,
  linkUses: 100_000,
  linkSeconds: 366 * 24 * 3600,
  /** People of a conversation, whoever begins it among them. */
  directPeople: 9,
  /** Shown on one page. */
  listedMembers: 200,
  listedAudit: 100,
  listedReports: 200,
  reasonChars: 250,
  fileMib: 2_048,
  /** A slow room lets one write once a day at the least. */
  slowSeconds: 86_400,
  retentionDays: 36_500,
  /** How often it is looked for messages that are too old, and rooms and events of each in a step. */
  retentionMs: 600_000,
  serverLogHours: 24,
  expiringRooms: 20,
  expiringEvents: 1_000,
  mutedSeconds: 365 * 24 * 3600,

  postsPerSecond: 10,
  postsBurst: 100,
} as const
