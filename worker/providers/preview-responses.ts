import { piecesOf, typedEvent, type PreviewAnswer, type PreviewFormat } from './preview-format.ts'

type Text = { type: 'output_text'; text: string; annotations: never[] }
const textPart = (text: string): Text => ({ type: 'output_text', text, annotations: [] })

const itemOf = ({ id }: PreviewAnswer, status: string, content: Text[]) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  status,
  content,
})

const responseOf = ({ id, created, model }: PreviewAnswer, status: string, rest: object) => ({
  id: `resp_${id}`,
  object: 'response',
  created_at: created,
  status,
  model,
  error: null,
  incomplete_details: null,
  ...rest,
})

const completed = (answer: PreviewAnswer) =>
  responseOf(answer, 'completed', {
    output: [itemOf(answer, 'completed', [textPart(answer.content)])],
    usage: {
      input_tokens: answer.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: answer.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: answer.input + answer.output,
    },
  })

export const previewResponses: PreviewFormat = {
  whole: completed,
  events(answer) {
    const { content } = answer
    const started = responseOf(answer, 'in_progress', { output: [], usage: null })
    const place = { item_id: `msg_${answer.id}`, output_index: 0, content_index: 0 }
    const done = itemOf(answer, 'completed', [textPart(content)])
    return [
      { type: 'response.created', response: started },
      { type: 'response.in_progress', response: started },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: itemOf(answer, 'in_progress', []),
      },
      { type: 'response.content_part.added', ...place, part: textPart('') },
      ...piecesOf(content).map((delta) => ({
        type: 'response.output_text.delta',
        ...place,
        delta,
        logprobs: [],
      })),
      { type: 'response.output_text.done', ...place, text: content, logprobs: [] },
      { type: 'response.content_part.done', ...place, part: textPart(content) },
      { type: 'response.output_item.done', output_index: 0, item: done },
      { type: 'response.completed', response: completed(answer) },
    ].map((event, sequence_number) => typedEvent({ ...event, sequence_number }))
  },
}
