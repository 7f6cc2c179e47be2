export type Progress = {
  at(done: number, note: string): void
  say(words: string): void
  end(): void
}

/** Columns of the bar, and milliseconds between two pictures or two lines of it. */
const WIDTH = 30
const OFTEN = 100
const SELDOM = 2000

/** A bar on a terminal, and a line now and then elsewhere. `clock`: ms. */
export function createProgress(
  stream: NodeJS.WriteStream,
  { total, clock }: { total: number; clock: () => number },
): Progress {
  const isBar = stream.isTTY
  let last = isBar ? 0 : clock()
  const picture = (done: number, note: string) => {
    const share = total === 0 ? 1 : done / total
    const full = Math.round(share * WIDTH)
    const percent = `${Math.floor(share * 100)}%`.padStart(4)
    const words = `${percent}  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}  ${note}`
    return isBar ? `\r\u001b[2K[${'#'.repeat(full).padEnd(WIDTH, '.')}]${words}` : `${words}\n`
  }
  return {
    at(done, note) {
      const now = clock()
      if (done < total && now - last < (isBar ? OFTEN : SELDOM)) return
      last = now
      stream.write(picture(done, note))
    },
    say: (words) => void stream.write(isBar ? `\r\u001b[2K${words}\n` : `${words}\n`),
    end: () => void (isBar && stream.write('\n')),
  }
}
