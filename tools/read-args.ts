import { parseArgs } from 'node:util'

/** `parseArgs` for commands: what is wrong with the options is told in a line, and ends the command with 2. */
export const readArgs: typeof parseArgs = (config) => {
  try {
    return parseArgs(config)
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
    process.stderr.write('--help says what there is.\n')
    return process.exit(2)
  }
}
