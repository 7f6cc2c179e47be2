/** Every size and time of the product, in one place. Tokens are estimated (`tokens.ts`), bytes are UTF-8. */
export const limits = {
  /** One fact's text, bytes. */
  factBytes: 256,
  /** Facts in one self-model; its size as JSON, bytes; facts that may be pinned. */
  facts: 64,
  selfModelBytes: 16 * 1024,
  pins: 32,
  /** Style line, tokens. */
  styleTokens: 30,
  /** Persona summary, tokens. */
  summaryTokens: 200,
  /** Whole block, tokens: by default, when the stakes are high, and the most an org may ask for. */
  blockTokens: 200,
  blockTokensHighStakes: 500,
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
  /** `Edgewise-Context`, bytes of the header's value. */
  contextBytes: 4096,
  /** Facts that live only on the device and travel in the header. */
  deviceFacts: 8,
  /** Request body, bytes. Bodies above `inspectBytes` pass through unread, without context. */
  bodyBytes: 32 * 1024 * 1024,
  inspectBytes: 4 * 1024 * 1024,
  /** Own routes' JSON bodies, bytes. */
  ownBodyBytes: 64 * 1024,
  /** Milliseconds: how long the device's gate may hold a request; how long the edge waits for KV. */
  gateDeadline: 50,
  /** Milliseconds that the gate's large tier may take of the device's deadline; then the small one's answer stands. */
  fullDeadline: 40,
  /** GiB of memory below which a device is not asked to run the large tier. */
  fullMemory: 4,
  edgeDeadline: 100,
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
