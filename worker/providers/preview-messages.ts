import { piecesOf, typedEvent, type PreviewAnswer, type PreviewFormat } from './preview-format.ts'

const messageOf = ({ id, model }: PreviewAnswer, rest: object) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
  ...rest,
})

export const previewMessages: PreviewFormat = {
  whole: (answer) =>
    messageOf(answer, {
      content: [{ type: 'text', text: answer.content }],
      stop_reason: 'end_turn',
      usage: { input_tokens: answer.input, output_tokens: answer.output },
    }),
  events(answer) {
    const { input, output, content } = answer
    const message = messageOf(answer, {
      content: [],
      stop_reason: null,
      usage: { input_tokens: input, output_tokens: 1 },
    })
    const deltas = piecesOf(content).map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    }))
    return [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...deltas,
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: output },
      },
      { type: 'message_stop' },
    ].map(typedEvent)
  },
}
