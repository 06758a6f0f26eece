// Installs what package-lock.json names, where that is not what node_modules holds. npm runs it
// before `start`, `dev` and `test`. It stands alone: when it runs, nothing may be installed yet.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const tooOld = oldNode()
if (tooOld) {
  console.error(tooOld)
  process.exit(1)
}
const reason = whyInstall()
if (reason) install(reason)

/** What to say when this Node is older than package.json allows. */
function oldNode() {
  const wanted = readJson('package.json').engines.node.replace('>=', '')
  const [major, minor] = wanted.split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= (minor || 0))) return undefined
  return (
    `Natter needs Node.js ${wanted} or newer; this is ${process.versions.node}.\n` +
    'Get a newer one from https://nodejs.org, or use: docker compose up -d'
  )
}

/**
 * Compares package by package, since npm writes node_modules/.package-lock.json only when an
 * installation is whole, and times of files do not survive a clone or a copy.
 */
function whyInstall() {
  const installed = readJson('node_modules/.package-lock.json')?.packages
  if (!installed) return 'Installing the packages, which is done only the first time.'
  const wanted = readJson('package-lock.json')?.packages ?? {}
  const changed = Object.keys(wanted).some((path) => isMissing(path, wanted[path], installed[path]))
  if (changed) return 'Installing the packages again, since package-lock.json has changed.'
  if (Object.values(installed).some(isForAnotherMachine)) {
    return 'Installing the packages again, since they are those of another kind of machine.'
  }
  return undefined
}

function isMissing(path, wanted, installed) {
  // The project itself, and what npm leaves out on machines that have no use for it.
  if (path === '' || (wanted.optional && !installed)) return false
  // An operator may have left out what only developers need; `npm start` does without it.
  if (wanted.dev && !installed && process.env.npm_lifecycle_event === 'prestart') return false
  return wanted.version !== installed?.version || wanted.integrity !== installed?.integrity
}

function isForAnotherMachine({ os, cpu }) {
  return excludes(os, process.platform) || excludes(cpu, process.arch)
}

/** npm's lists name what is allowed, or with `!` what is not. */
function excludes(list, own) {
  if (!list || list.includes(own)) return false
  return list.includes(`!${own}`) || list.some((name) => !name.startsWith('!'))
}

function install(why) {
  console.log(why)
  // NODE_ENV=production would leave out what the tests need.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const { status, signal, error } = runNpm(args)
  if (status === 0) return
  console.error(
    `The packages could not be installed (${error?.message ?? `npm ci: ${signal ?? status}`}).\n` +
      'What npm printed above says why: often the network or a proxy. Then try again.',
  )
  process.exit(status || 1)
}

/** With the npm that runs this script if it is one; the PATH may hold another one or none. */
function runNpm(args) {
  const options = { cwd: root, stdio: 'inherit' }
  const own = process.env.npm_execpath
  if (own && basename(own) === 'npm-cli.js') {
    return spawnSync(process.execPath, [own, ...args], options)
  }
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    return undefined
  }
}
