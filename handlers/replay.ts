import { createReplayHandler } from 'spillway/replay';
import { router as orders } from './orders.ts';
import { router as totals } from './totals.ts';

/** Works off the queue of dead letters for both consumers, while its mapping is switched on. */
export const handler = createReplayHandler({ orders, totals });
