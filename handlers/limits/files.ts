/** The bounds of what is sent as files, the unit last in the name. */
export const fileLimits = {
  /** Files: one of them, all of one person, and all together (FILE_BYTES, FILES_BYTES_…). */
  fileBytes: 25 * 1024 * 1024,
  filesBytesPerson: 2 * 1024 ** 3,
  filesBytesServer: 50 * 1024 ** 3,
  filesPerMessage: 10,
  fileNameChars: 120,
  /** What is stored in PostgreSQL has this size, so that it can be found again: it stays. */
  chunkBytes: 256 * 1024,
  /** Read at once: what is larger is none of the young objects that Node lets go of by the way. */
  readBytes: 64 * 1024,
  /** Of files, until what lies about of them is collected (direct/young.ts). */
  passedBytes: 2 * 1024 * 1024,
  /** S3 takes no smaller part but the last one: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
  s3PartBytes: 5 * 1024 * 1024,
  s3Ms: 30_000,
  /** A smaller picture: twice what is shown, for screens that have so many dots. */
  previewWidth: 800,
  previewHeight: 640,
  previewBytes: 1024 * 1024,
  /** Of a picture that one is made of, or that is shown by itself. */
  imagePixels: 50_000_000,
  /** For each of the processes that make one, how many there may be, and how many pictures wait. */
  previewMs: 8_000,
  previewMemoryBytes: 512 * 1024 * 1024,
  previewsAtOnce: 2,
  previewsWaiting: 20,
  /** For all of one message: after that it is posted with those that are there. */
  previewsMs: 12_000,
  /**
   * Emoji of a server's own: how many, of one person, as what is sent, as what is kept, and dots
   * either way; so many dots where it moves.
   */
  customEmoji: 500,
  customEmojiPerson: 50,
  emojiNameBytes: 1024,
  emojiSentBytes: 200 * 1024,
  emojiBytes: 64 * 1024,
  emojiDots: 128,
  emojiDotsMoving: 512,
  /** A picture as it stands in the talk. */
  shownWidth: 400,
  shownHeight: 320,
  /** By its first bytes it is told what a file is. */
  sniffBytes: 4_100,
  /** Parts of a form, files among them, and what one says of itself. */
  formParts: 20,
  formHeadBytes: 8 * 1024,
  /** Uploads that an instance takes at once, those from one address, and one person's. */
  uploadsAtOnce: 16,
  uploadsPerAddress: 12,
  uploadsPerPerson: 4,
  /** So much of an upload, unless it is its end, comes in so long; and that is how long all of it may take. */
  uploadLeastBytes: 64 * 1024,
  uploadSilentMs: 60_000,
  uploadMs: 1_800_000,
  /** What was sent and came into no message is collected after that. */
  uploadLeftSeconds: 2 * 3600,
  /** A refused upload is read on so far, so that its sender gets the answer. */
  refusedBytes: 32 * 1024 * 1024,
  refusedMs: 5_000,
  fullRetrySeconds: 600,
  /** How often a database whose disk is full is asked to spare its log. */
  spareLogMs: 60_000,
  /** Parts of a picture that are smaller than so much, and how many of them there may be. */
  imagePartBytes: 64,
  imageSmallParts: 10_000,
  /** How often it is looked for files to collect, how many at once, and when one is tried again. */
  collectMs: 60_000,
  collectedFiles: 20,
  collectAgainSeconds: 600,
} as const
