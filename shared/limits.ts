/** Every size and time of the product, in one place. Tokens are estimated (`tokens.ts`), bytes are UTF-8. */
export const limits = {
  /** One fact's text, bytes. */
  factBytes: 256,
  /** Facts in one self-model; their size as JSON, what they have earned left out, bytes; facts that may be pinned. */
  facts: 64,
  selfModelBytes: 16 * 1024,
  pins: 32,
  /** Changes kept in a self-model's history, outside its 16 KiB; ids of removed facts, so that they stay away. */
  history: 64,
  removed: 256,
  /** Milliseconds for which the words of a removed fact are kept, so that its owner can take that back. */
  undoTime: 24 * 3600 * 1000,
  /** Messages older than this are not learned, and ids of those that were are remembered for as long, ms. */
  learningTime: 14 * 24 * 3600 * 1000,
  /** Facts in one observation; user messages of one conversation that are read (the newest). */
  observedFacts: 32,
  observedMessages: 20,
  /** Milliseconds after which words that wait for a language model to read them are dropped. */
  excerptTime: 3600 * 1000,
  /**
   * Outcomes of one user that are kept a day, of those that apps report and of those that pages measure;
   * days for which exposures and outcomes are kept; exposures that are written together or not at all.
   */
  outcomesPerDay: 500,
  exposureRows: 50,
  experimentDays: 180,
  /** Milliseconds by which the clocks of two machines of the edge may differ. */
  clockSkew: 5000,
  /** Milliseconds for which D1 remembers an erasure; exposures that waited for longer are not written. */
  erasedTime: 24 * 3600 * 1000,
  /** Dead letters that are shown, sent again or dropped at once. */
  deadLetters: 100,
  /** Days for which the audit log is kept. */
  auditDays: 365,
  /** Style line, tokens. */
  styleTokens: 30,
  /** Persona summary, tokens. */
  summaryTokens: 200,
  /** Whole block, tokens: by default, when the stakes are high, and the most an org may ask for. */
  blockTokens: 200,
  blockTokensHighStakes: 500,
  /** The block of the arm `full`, where an experiment has one. */
  fullTokens: 2000,
  /** The block never takes more than this share of the room left in the model's window. */
  blockShareOfRoom: 0.1,
  /** Facts in one block. */
  blockFacts: 5,
  /** Session digest, tokens: it is filled to at most `digestTokens`; one note is cut at `noteTokens`. */
  digestTokens: 300,
  noteTokens: 100,
  /** Notes of the app kept in one session. */
  notes: 32,
  /** Org text (system prompt, terminology, tone, compliance), tokens. */
  policyTokens: 1500,
  /** A fact that the conversation holds within this many tokens or turns is not attached again. */
  refreshAfterTokens: 3000,
  refreshAfterTurns: 10,
  /** Orgs under one, and how many stand one under the other. */
  orgChildren: 50,
  orgDepth: 3,
  /** `Edgewise-Context`, bytes of the header's value. */
  contextBytes: 4096,
  /** Facts that live only on the device and travel in the header. */
  deviceFacts: 8,
  /** Request body, bytes. Bodies above `inspectBytes` pass through unread, without context. */
  bodyBytes: 32 * 1024 * 1024,
  inspectBytes: 4 * 1024 * 1024,
  /** Own routes' JSON bodies, bytes; that of an org's record, which may hold 500 terms in any script. */
  ownBodyBytes: 64 * 1024,
  orgBytes: 640 * 1024,
  /** Milliseconds: how long the device's gate may hold a request; how long the edge waits for KV. */
  gateDeadline: 50,
  /** Milliseconds that the gate's large tier may take of the device's deadline; then the small one's answer stands. */
  fullDeadline: 40,
  /** GiB of memory below which a device is not asked to run the large tier. */
  fullMemory: 4,
  edgeDeadline: 100,
  /** Context sources of an org: milliseconds for one, tokens and bytes of its answer, sources in all. */
  sourceTimeout: 80,
  sourceTokens: 100,
  sourceBytes: 8 * 1024,
  sources: 8,
  /** Signals (device, page, locale, time of day), tokens. */
  signalTokens: 30,
  /** Terms of an org that are explained in one block. */
  blockTerms: 5,
  /** Longest text the gate reads, characters (the rest is cut in the middle: start and end matter). */
  gateCharacters: 4000,
  /** How many earlier user messages the gate walks back over, to find what a follow-up is about. */
  walkBack: 6,
  /** Fact readings that the gate's small and large tier keep, and requests that the large one keeps. */
  factReadings: 4096,
  fullFactReadings: 512,
  requestReadings: 32,
  /** A session ends after this long without a request, ms. */
  sessionIdle: 30 * 60 * 1000,
  /** Receipts kept on the device. */
  receipts: 50,
  /** Model window assumed where the model is unknown, tokens. */
  window: 128_000,
  /** Daily token allowance of a user and of an org where the org record names none. */
  userTokensPerDay: 500_000,
  orgTokensPerDay: 20_000_000,
} as const
