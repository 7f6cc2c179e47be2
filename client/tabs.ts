/** What tabs of one site tell each other. Facts never travel here: tabs read the store. */
export type TabMessage =
  | { type: 'changed'; subject: string }
  | { type: 'cleared'; scope: 'session' | 'device' }
  /** Whose tabs it concerns; everybody's where it is left out. */
  | { type: 'logout'; subject?: string }

export type Tabs = { send(message: TabMessage): void; stop(): void }

export type TabsOptions = {
  heard: (message: TabMessage) => void
  /** The page comes back from the back/forward cache: it has missed what was said meanwhile. */
  returned: () => void
  /** The user comes back to the page. */
  focused: () => void
}

const NAME = 'edgewise'

/**
 * Opens the channel to other tabs; closed while the page is in the back/forward cache, which a page
 * with an open channel may not enter. Does nothing outside a document.
 */
export function createTabs({ heard, returned, focused }: TabsOptions): Tabs {
  if (typeof document === 'undefined') return { send() {}, stop() {} }
  let channel: BroadcastChannel | undefined
  function open() {
    if (typeof BroadcastChannel === 'undefined') return
    channel = new BroadcastChannel(NAME)
    channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => heard(data))
  }
  function close() {
    channel?.close()
    channel = undefined
  }
  const listening = new AbortController()
  const { signal } = listening
  addEventListener('pagehide', close, { signal })
  addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (!persisted) return
      open()
      returned()
    },
    { signal },
  )
  addEventListener('focus', focused, { signal })
  open()
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    send: (message) => channel?.postMessage(message),
    stop() {
      listening.abort()
      close()
    },
  }
}
