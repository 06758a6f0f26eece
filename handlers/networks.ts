import { BlockList, isIP } from 'node:net'

/** Addresses and networks. */
export type Networks = Pick<BlockList, 'check'>

/**
 * Reads a list such as `10.1.0.0/16, 192.0.2.7`, separated by commas or blanks.
 * @throws {RangeError} for what is neither an address nor a network; the message names it.
 */
export function readNetworks(text: string): Networks {
  const list = new BlockList()
  for (const one of text.split(/[\s,]+/).filter((word) => word !== '')) {
    const [address = '', bits] = one.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (family === 0 || !isNetwork) throw new RangeError(one)
    list.addSubnet(address, Number(bits ?? most), family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

/** Whether an address is in one of the networks. */
export function isIn(networks: Networks, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
