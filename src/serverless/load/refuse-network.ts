import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isObject } from '../../stream/record.ts';

/** Told what was to be connected to. It does not come back: the process has no business any more. */
export type OnConnect = (target: string) => never;

/**
 * From now on nothing in this process reaches the network, nor a socket of this machine: TCP (and all that Node.js builds on
 * it: TLS, HTTP, fetch), UDP and the look-up of names. It is done by replacing methods, so code that goes to Node's
 * internals gets by; that is nobody's accident.
 */
export function refuseNetwork(onConnect: OnConnect): void {
  replace(net.Socket.prototype, ['connect'], (args) => onConnect(socketTarget(args)));
  replace(dgram.Socket.prototype, ['connect', 'send', 'bind'], () => onConnect('a UDP socket'));
  const lookUps = Object.keys(dns).filter((name) => /^(lookup|resolve|reverse)/.test(name));
  const lookUp = ([name]: readonly unknown[]) => onConnect(`the name server (for ${String(name)})`);
  replace(dns, lookUps, lookUp);
  replace(dns.promises, lookUps, lookUp);
  replace(dns.Resolver.prototype, lookUps, lookUp);
  replace(dns.promises.Resolver.prototype, lookUps, lookUp);
  // `import { lookup } from 'node:dns'` sees it too.
  syncBuiltinESMExports();
}

/** `connect(options)`, `connect(path)`, `connect(port, host)`, and what `net.connect` makes of them: a list of these. */
function socketTarget(args: readonly unknown[]): string {
  const [first, second]: readonly unknown[] = Array.isArray(args[0]) ? args[0] : args;
  if (isObject(first)) {
    const { host, port, path } = first;
    // TLS has a path of a request in its options, beside the host.
    return typeof path === 'string' && port === undefined ? path : address(host, port);
  }
  return typeof first === 'string' && Number.isNaN(Number(first)) ? first : address(second, first);
}

const address = (host: unknown, port: unknown): string =>
  `${typeof host === 'string' ? host : 'localhost'}:${String(port)}`;

function replace(owner: object, names: readonly string[], by: (args: readonly unknown[]) => never): void {
  for (const name of names)
    if (typeof Reflect.get(owner, name) === 'function')
      Reflect.set(owner, name, (...args: readonly unknown[]) => by(args));
}
