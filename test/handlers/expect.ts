/** What the contract says of every answer and of every error. */
import * as assert from 'uvu/assert'
import { type Form, jsonOf, type ProblemJson } from './ask.ts'

const types: Record<Form, RegExp> = {
  json: /^application\/json\b/,
  fragment: /^text\/html; ?charset=utf-8$/i,
  page: /^text\/html; ?charset=utf-8$/i,
  text: /^text\/plain; ?charset=utf-8$/i,
}

/** Headers that hold for every answer which depends on the form and on the person. */
export function isPrivate(response: Response, kept = 'private, no-store'): void {
  assert.is(response.headers.get('vary'), 'Accept, HX-Request')
  assert.is(response.headers.get('cache-control'), kept)
}

/** An answer in the form that was asked for; a page is the shell with a fragment in it. */
export async function isIn(
  form: Form,
  response: Response,
  status = 200,
  kept?: string,
): Promise<string> {
  const body = await response.text()
  assert.is(response.status, status, body)
  assert.match(response.headers.get('content-type') ?? '', types[form])
  isPrivate(response, kept)
  if (form === 'json') assert.ok(JSON.parse(body))
  if (form === 'text') assert.match(body, /^[^<]*\n$/)
  if (form === 'fragment') assert.not.match(body, /<html|<body/i)
  if (form === 'page') isPage(body)
  return body
}

function isPage(body: string): void {
  assert.match(body, /^<!doctype html>/i)
  assert.match(body, /<script src="\/vendor\/htmx/)
  assert.not.match(body, /<!--#/, 'no directive is left in it')
  assert.is(body.split('</body>').length, 2)
}

/** A refusal with its code, in the form that was asked for, and nothing of the server's inside. */
export async function isRefused(
  form: Form,
  response: Response,
  status: number,
  code: string,
): Promise<ProblemJson | undefined> {
  const body = await response.clone().text()
  assert.is(response.status, status, body)
  isPrivate(response)
  assert.not.match(body, /\bat .*\.tsx?:|node_modules|select |insert |ECONN|constraint/)
  if (form === 'json') return isProblem(response, status, code)
  assert.match(response.headers.get('content-type') ?? '', types[form])
  if (form === 'text') assert.match(body, /^[^\n<]+\n$/, 'one line')
  else assert.match(body, new RegExp(`<[a-z]+ [^>]*role="alert" data-code="${code}"`))
  if (form === 'page') isPage(body)
  return undefined
}

async function isProblem(response: Response, status: number, code: string): Promise<ProblemJson> {
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json\b/)
  const problem = await jsonOf<ProblemJson>(response)
  const names = ['type', 'title', 'status', 'detail', 'code']
  assert.equal(
    Object.keys(problem).filter((name) => name !== 'fields'),
    names,
  )
  if (code === 'invalid') assert.ok(problem.fields)
  assert.is(problem.status, status)
  assert.is(problem.code, code)
  assert.ok(problem.title && problem.detail)
  return problem
}
