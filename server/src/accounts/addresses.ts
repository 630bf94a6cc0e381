import { BlockList, isIP } from 'node:net';

const MAXIMUM_HEADER = 2048;

/** Proxies whose word counts: addresses and networks such as `10.0.0.0/8`, separated by commas. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @throws Error that names the part which is neither */
  constructor(text: string) {
    for (const part of text.split(',').map((each) => each.trim()).filter((each) => each !== '')) {
      const [address, bits, rest] = part.split('/');
      const version = isIP(address ?? '');
      const family = version === 6 ? 'ipv6' : 'ipv4';
      const most = version === 6 ? 128 : 32;
      const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
      if (version === 0 || rest !== undefined || !(length >= 0 && length <= most)) {
        throw new Error(`TRUSTED_PROXIES: ${JSON.stringify(part)} is neither an address nor a network such as 10.0.0.0/8`);
      }
      this.#list.addSubnet(address!, length, family);
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * Whose connection it is: that of the socket, or, if a trusted proxy has it, the last address of X-Forwarded-For that is
 * no trusted proxy. What stands before that one may have been written by the client.
 */
export function clientAddress(socket: string | undefined, forwardedFor: string | string[] | undefined, trusted: TrustedProxies): string {
  let address = plainAddress(socket ?? '') ?? 'unknown';
  if (!trusted.has(address)) return address;
  const header = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor ?? '';
  for (const hop of header.slice(-MAXIMUM_HEADER).split(',').reverse()) {
    const next = plainAddress(hop.trim());
    if (next === undefined) return address;
    address = next;
    if (!trusted.has(address)) return address;
  }
  return address;
}

/** Without a port, a zone, or the dress of IPv6 that an IPv4 address may wear; undefined: no address. */
function plainAddress(text: string): string | undefined {
  let address = text;
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address);
  if (bracketed !== null) address = bracketed[1]!;
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.lastIndexOf(':'));
  address = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^(?:::|(?:0{1,4}:){5})ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped !== null) address = mapped[1]!;
  return isIP(address) === 0 ? undefined : address;
}

/** What one customer of a network has: an IPv4 address, or 64 bits of IPv6. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // An IPv4 tail counts as two groups.
    const right = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    while (left.length + right < 8) left.push('0');
    if (left.length < 4) left.push(...tail.split(':').slice(0, 4 - left.length));
  }
  return `${left.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}
