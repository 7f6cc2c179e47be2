import type { LogEntry } from '../ports.ts'

/** One line of JSON an entry, for the platform's log. */
export function consoleLog(entry: LogEntry): void {
  // oxlint-disable-next-line no-console -- the platform collects what is written here
  console.log(JSON.stringify(entry))
}
