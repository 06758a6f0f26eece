/** The bytes that a floor answers: those that Natter answered once, with another number in them. */

/** How Natter answered one wait, and the event stream one message. */
export type Sample = {
  /** The number in the message's text. */
  number: number
  /** The cursor that the answer leads to. */
  cursor: string
  poll: { headers: Record<string, string>; body: string }
  stream: { headers: Record<string, string>; event: string }
}

/** A cursor as Natter's look, which the program's own number ends. */
export const cursorOf = ({ cursor }: Sample, number: number): string =>
  cursor.replace(/\d+$/, String(number))

/** A sample's text for another number. */
export const textFor = (sample: Sample, text: string, number: number): string =>
  text
    .replaceAll(sample.cursor, cursorOf(sample, number))
    .replaceAll(String(sample.number), String(number))
