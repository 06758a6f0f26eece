type Asked<Question, Answer> = {
  question: Question
  resolve: (answer: Answer) => void
  reject: (reason: unknown) => void
}

/**
 * Gathers what is asked at the same time. A lone question is asked at once; while as many
 * statements as may run are running, those that come wait together for the next. So a thousand
 * clients that come back at once cost a few statements, and hold up nobody else's.
 *
 * @param load answers all questions of a statement, in their order.
 * @param bounds `most` questions in one statement, `atOnce` statements.
 */
export function gather<Question, Answer>(
  load: (questions: Question[]) => Promise<Answer[]>,
  { most, atOnce }: { most: number; atOnce: number },
): (question: Question) => Promise<Answer> {
  const waiting: Asked<Question, Answer>[] = []
  let running = 0

  const ask = async (asked: Asked<Question, Answer>[]) => {
    try {
      const answers = await load(asked.map((one) => one.question))
      asked.forEach((one, i) => {
        one.resolve(answers[i] as Answer)
      })
    } catch (error) {
      for (const one of asked) one.reject(error)
    }
  }
  const run = () => {
    while (running < atOnce && waiting.length > 0) {
      running++
      void ask(waiting.splice(0, most)).then(() => {
        running--
        run()
      })
    }
  }
  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      run()
    })
}
