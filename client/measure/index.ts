import { asksAgain, readMarkers } from '../../shared/experiment/markers.ts'
import type { PageMeasure } from '../../shared/experiment/results.ts'
import { usedOf } from '../../shared/experiment/used.ts'
import type { Asked } from '../turn-key.ts'
import type { Edgewise } from '../edgewise.ts'
import type { UserStore } from '../user-store.ts'
import type { Heard } from '../receipts.ts'
import { answerText, isCut } from './answer-text.ts'
import { watchCopies } from './copies.ts'

type Last = {
  query: string
  /** The user's message before it. */
  before: string | undefined
  receipt: string
  visit: string | undefined
  life: number
}

/**
 * Reads on the device what an experiment counts of an answer, and reports numbers under reserved names.
 * Loaded after the first answer of an experiment; words stay here.
 */
export function createMeasuring({
  users,
  report,
}: {
  users: UserStore
  report: Edgewise['outcome']
}) {
  let last: Last | undefined
  const copies = watchCopies((receipt) => tell('edgewise.copied', 1, receipt))

  function tell(name: PageMeasure, value: number, receipt: string): void {
    // A report that fails is tried again where it is sent, and then given up.
    report(name, value, { receipt }).catch(() => undefined)
  }

  return {
    /** An answer has ended, for the page at least. */
    answered({ asked, entry, ...copied }: Omit<Heard, 'isCurrent'>): void {
      const answer = answerText(copied.body)
      const isStopped = copied.isStopped && isCut(copied)
      const { query, continues } = asked
      const receipt = entry.receipt.id
      const here = { visit: users.value.session?.id, life: users.life }
      if (!continues && last && last.visit === here.visit && last.life === here.life) {
        if (isNext(asked, last)) {
          tell('edgewise.again', asksAgain(query, last.query) ? 1 : 0, last.receipt)
        }
      }
      if (isStopped) tell('edgewise.stopped', 1, receipt)
      // A call of tools says nothing to anybody.
      if (answer === '') return
      last = { query, before: messageBefore(asked), receipt, ...here }
      const isCurrent = () =>
        users.life === here.life &&
        users.value.session?.id === here.visit &&
        users.consent() === 'edge' &&
        !users.value.paused
      copies.answered({ receipt, answer, isCurrent })
      const { refusal, agreement } = readMarkers(answer)
      tell('edgewise.refusal', refusal ? 1 : 0, receipt)
      tell('edgewise.agreement', agreement ? 1 : 0, receipt)
      const facts = entry.facts.flatMap(({ text }) => text ?? [])
      const used = isStopped ? undefined : usedOf(facts, { question: query, answer })
      if (!used) return
      tell('edgewise.used', used.facts, receipt)
      tell('edgewise.words', used.words, receipt)
    },
  }
}

const messageBefore = ({ history }: Asked): string | undefined =>
  history.findLast(({ role }) => role === 'user')?.content

/**
 * Follows the last answer, or stands in its question's place; what is said in another chat is about
 * another answer. Where the request holds no earlier message, the provider may.
 */
function isNext(asked: Asked, last: Last): boolean {
  const before = messageBefore(asked)
  return before === undefined || before === last.query || before === last.before
}
