import { setTimeout } from 'node:timers/promises';
import { interruption } from './ctrl-c.ts';
import { giveUp } from './give-up.ts';
import { linesOfChanges } from './lines-of-changes.ts';
import type { Shop } from './open-shop.ts';
import { openShop } from './open-shop.ts';
import { painter } from './paint.ts';
import { createOrder, createScenario } from './scenario.ts';
import { customerWrites, stockWrite, writesOfOrder } from './scenario-writes.ts';

const { stdout } = process;
const paint = painter(stdout);

try {
  await stayUp();
} catch (error) {
  giveUp('The shop had to close.', error);
}

async function stayUp(): Promise<void> {
  const interrupted = interruption();
  const { around, observer } = linesOfChanges((line) => stdout.write(`${line}\n`), paint);
  await using shop = await openShop({
    around,
    observers: [observer],
    log: 'off',
  });
  const exports = Object.entries(shop.environment).map(([name, value]) => `export ${name}=${value}`);
  const greeting = paint('bold', 'The shop is open until Ctrl-C.');
  stdout.write(`${greeting} To look into it from another terminal:\n\n${exports.join('\n')}\n\n`);

  const closing = new AbortController();
  const trading = trade(shop, closing.signal);
  const end = await Promise.race([trading, shop.died, interrupted]);
  closing.abort();
  if (end instanceof Error) throw end;
  await trading;
  stdout.write('The shop has closed.\n');
}

/** A write every second or so: a customer comes, orders, and hears of the order. Ends when told to. */
async function trade({ clients: { dynamodb } }: Shop, closing: AbortSignal): Promise<void> {
  const scenario = createScenario();
  const customers = customerWrites(scenario);
  await stockWrite(scenario).send(dynamodb);
  for (let index = 0; ; index += 1) {
    const order = writesOfOrder(createOrder(index, undefined), new Date());
    for (const write of [...customers.slice(index, index + 1), ...order]) {
      await setTimeout(700 + Math.random() * 600, undefined, { signal: closing }).catch(() => undefined);
      if (closing.aborted) return;
      await write.send(dynamodb);
    }
  }
}
