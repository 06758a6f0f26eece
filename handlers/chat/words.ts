import { randomInt } from 'node:crypto'

const manners =
  'able apt awake bold brave breezy bright brisk calm candid cheery clever cosy curious daring deft eager early easy fair fleet fond frank free fresh friendly gentle glad golden grand happy hardy hearty honest humble jolly keen kind lively loyal lucky mellow merry mild modest neat nimble noble patient placid plucky polite proud quick quiet rapid ready serene sharp shy silent sincere smart snug sober spry steady sunny swift tender tidy trusty upbeat vivid warm wise witty young zesty'
const animals =
  'alpaca antelope badger beaver bee bison bobcat camel caribou cat cod condor coyote crane cricket crow deer dingo dolphin dove duck eagle egret elk falcon ferret finch fox frog gazelle gecko goose grouse hare hawk hedgehog heron hippo horse ibex ibis jackdaw jay kestrel kiwi koala lark lemur llama lynx magpie marmot marten meerkat mole moose moth newt ocelot orca otter owl panda parrot pelican penguin pika puffin quail rabbit raven robin salmon seal shrew sparrow squid stork swan tapir tern thrush toad toucan trout turtle vole walrus whale wolf wombat wren yak zebra'

/** Two friendly words, such as `brave-otter`: a name for somebody who has not picked one. */
export const friendlyName = (): string => `${pick(manners)}-${pick(animals)}`

function pick(words: string): string {
  const list = words.split(' ')
  return list[randomInt(list.length)] ?? ''
}

/** A hue that no eye mistakes for grey, as `#rrggbb`. */
export function friendlyColor(): string {
  const hue = randomInt(360)
  const channel = (offset: number) => {
    const position = (offset + hue / 30) % 12
    const value = 0.5 - 0.35 * Math.max(-1, Math.min(position - 3, 9 - position, 1))
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

/**
 * A room's address from its name: Latin letters without their marks, digits and hyphens.
 * Empty when the name holds none of these.
 */
export function slugFrom(name: string, mostChars: number): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæøœðþłđı]/g, (letter) => plainLetters[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostChars)
    .replace(/^-+|-+$/g, '')
}

/** Latin letters that no decomposition makes plain. */
const plainLetters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  đ: 'd',
  ı: 'i',
}
